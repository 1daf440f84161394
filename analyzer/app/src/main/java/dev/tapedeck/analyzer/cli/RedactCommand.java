// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.redact.RedactionRules;
import dev.tapedeck.analyzer.redact.RedactionRulesReader;
import dev.tapedeck.analyzer.redact.Redactor;
import dev.tapedeck.analyzer.redact.Tokens;
import dev.tapedeck.analyzer.rules.RulesException;
import dev.tapedeck.analyzer.terminal.Human;
import dev.tapedeck.format.CaptureHeader;
import dev.tapedeck.format.CaptureRewriter;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Masks secrets in a capture. */
@Command(
    name = "redact",
    description = {
      "Writes a capture without its secrets: each is replaced by a token of the same length, equal"
          + " ones by equal tokens.",
      "What cannot be masked, such as HTTP/2 and compressed bodies, is dropped and counted."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {
      "",
      "Examples:",
      "  analyzer redact orders.tape -o shared.tape",
      "  analyzer redact orders.tape -o shared.tape --rules shop.yaml --key-file key"
    })
final class RedactCommand implements Callable<Integer> {
  private final AnalyzerCommand root;

  @Parameters(paramLabel = "FILE", description = "Capture file.")
  private Path file = Path.of("");

  @Mixin private OutputOptions output = new OutputOptions();
  @Mixin private EncryptOptions encrypt = new EncryptOptions();

  @Option(
      names = "--rules",
      paramLabel = "RULES",
      description = "What is secret, as YAML; well-known names and shapes when it is not given.")
  private @Nullable Path rulesFile;

  @Option(
      names = "--key-file",
      paramLabel = "KEY",
      description =
          "Its bytes, 16 or more, make tokens: captures that are redacted with the same key have"
              + " the same tokens. Random when it is not given.")
  private @Nullable Path keyFile;

  @Option(names = "--strict", description = "Stop at the first damage instead of skipping it.")
  private boolean strict;

  RedactCommand(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    Captures.check(List.of(file));
    RedactionRules rules = rules();
    Redactor redactor = new Redactor(rules, new Tokens(key()));
    int code =
        new Rewriting(root, output)
            .run(
                "redact",
                file,
                strict,
                reader -> encrypt.protect(CaptureTarget.options(), List.of(reader)),
                header -> redacted(header, rules),
                (reader, progress) ->
                    new CaptureRewriter(reader, progress.counting("masking", redactor)));
    root.warn(
        "masked "
            + Human.count(redactor.maskedValues(), "value")
            + "; dropped "
            + Human.count(redactor.droppedBytes(), "byte")
            + " that cannot be masked; 'analyzer scan "
            + output.output()
            + "' looks for what is left");
    return code;
  }

  /** Says what was masked, by the names of the rules; a capture may be redacted again. */
  private static CaptureHeader redacted(CaptureHeader header, RedactionRules rules) {
    String before = header.attributes().get(Redactor.ATTRIBUTE);
    String now = rules.describe();
    return header.toBuilder()
        .attribute(Redactor.ATTRIBUTE, before == null ? now : before + " | " + now)
        .build();
  }

  private RedactionRules rules() throws IOException {
    if (rulesFile == null) {
      return RedactionRules.DEFAULT;
    }
    try {
      return RedactionRulesReader.parse(rulesFile.toString(), Files.readString(rulesFile));
    } catch (RulesException e) {
      throw failure("no redaction rules", String.valueOf(e.getMessage()), e);
    } catch (CharacterCodingException e) {
      throw failure("no redaction rules", rulesFile + ": not encoded as UTF-8", e);
    }
  }

  private static CommandFailure failure(String what, String where, Exception cause) {
    CommandFailure failure =
        new CommandFailure(ExitCode.USAGE, what, where, "docs/REDACTION.md describes them");
    failure.initCause(cause);
    return failure;
  }

  private byte[] key() throws IOException {
    if (keyFile == null) {
      byte[] random = new byte[Tokens.KEY_BYTES];
      new SecureRandom().nextBytes(random);
      return random;
    }
    byte[] key = Files.readAllBytes(keyFile);
    if (key.length < Tokens.MIN_KEY_BYTES) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "key is too short",
          keyFile.toString(),
          "make one of 32 random bytes: head -c 32 /dev/urandom > KEY");
    }
    return key;
  }
}
