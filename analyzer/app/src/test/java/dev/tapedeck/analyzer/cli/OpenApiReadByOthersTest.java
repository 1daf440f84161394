// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code export openapi} writes, held against the rules of OpenAPI by another's validator. */
final class OpenApiReadByOthersTest {
  @TempDir Path folder;

  /** Captures of HTTP/1, each with another trait, as the project hands them out. */
  static List<Path> samples() throws IOException {
    Path root = Path.of(System.getProperty("tapedeck.root", "..")).resolve("samples/captures");
    try (Stream<Path> folders = Files.list(root)) {
      return folders
          .map(each -> each.resolve("capture.tape"))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    }
  }

  private static String export(Path capture, String... more) {
    Object[] words = new Object[5 + more.length];
    System.arraycopy(new Object[] {"export", "openapi", capture, "-o", "-"}, 0, words, 0, 5);
    System.arraycopy(more, 0, words, 5, more.length);
    CliRun run = CliRun.of(words);
    assertThat(run.exitCode()).as(run.err()).isLessThan(2);
    return run.out();
  }

  private static SwaggerParseResult read(String document) {
    return new OpenAPIV3Parser().readContents(document);
  }

  /** Asserts that the validator has nothing to say of a document. */
  static void assertValid(String document) {
    SwaggerParseResult result = read(document);
    assertThat(result.getMessages()).as(document).isEmpty();
    assertThat(result.isOpenapi31()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void openapi_sampleOfHttp1_isValid(Path capture) {
    assertValid(export(capture));
    assertValid(export(capture, "--include-secrets"));
  }

  @Test
  void openapi_http1AndHttp2_isValidAndHasTheirPaths() throws IOException {
    String http1 = export(TestCaptures.shop(folder));
    assertValid(http1);
    assertThat(http1).contains("\"/orders\"", "\"/backend\"");
    String http2 = export(TestCaptures.calls(folder));
    assertValid(http2);
    assertThat(http2).contains("\"/shop.Stock/Watch\"", "\"/robots.txt\"");
  }

  @Test
  void openapi_noExchange_isValid() throws IOException {
    assertValid(export(TestCaptures.empty(folder)));
  }

  @ParameterizedTest
  @CsvSource({
    "'\"title\"', '\"titel\"', info.title is missing",
    "'\"in\" : \"query\"', '\"in\" : \"nowhere\"', in is not of type",
    "'\"responses\"', '\"answers\"', responses is missing",
    "'\"/orders\"', '\"orders\"', orders"
  })
  void validator_brokenDocument_refusesIt(String right, String wrong, String told)
      throws IOException {
    String document = export(TestCaptures.shop(folder));
    assertThat(document).contains(right);
    assertThat(read(document.replace(right, wrong)).getMessages())
        .anyMatch(message -> message.contains(told));
  }
}
