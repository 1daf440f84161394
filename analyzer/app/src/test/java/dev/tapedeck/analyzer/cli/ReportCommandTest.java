// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports are for others to read: what was captured stays text in them, and secrets stay out. */
final class ReportCommandTest {
  private static final String CANARY = "canary-5e1f77d0c2";
  private static final String BODY =
      "{\"password\":\"" + CANARY + "\",\"note\":\"</pre><img/src/onerror=run()>\"}";

  @TempDir Path folder;

  private Path capture() throws Exception {
    Path file = folder.resolve("shop.tape");
    EventScript.parse(
            "@ plain server 10.0.0.2:80 <- 10.0.0.1:40001\n"
                + ">> POST /<script>run()</script>?token="
                + CANARY
                + "\\x20HTTP/1.1\\r\\nHost:\\x20shop.example\\r\\nAuthorization:\\x20Bearer\\x20"
                + CANARY
                + "\\r\\nX-Odd:\\x20\"><svg/onload=run()>\\r\\nContent-Type:\\x20application/json"
                + "\\r\\nContent-Length:\\x20"
                + BODY.length()
                + "\\r\\n\\r\\n"
                + BODY
                + "\n+ 3ms\n<< HTTP/1.1\\x20500\\x20<b>No</b>\\r\\nSet-Cookie:\\x20sid="
                + CANARY
                + "\\r\\nContent-Length:\\x200\\r\\n\\r\\n\nclose\n")
        .writeTo(file);
    return file;
  }

  private String report(String... options) throws Exception {
    Path out = folder.resolve("report.html");
    String[] arguments = new String[4 + options.length];
    arguments[0] = "report";
    arguments[1] = capture().toString();
    arguments[2] = "-o";
    arguments[3] = out.toString();
    System.arraycopy(options, 0, arguments, 4, options.length);
    CliRun run = CliRun.of((Object[]) arguments);
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out)))
        .isEqualTo("rw-------");
    return Files.readString(out);
  }

  @Test
  void report_hostileContent_isTextOnly() throws Exception {
    String html = report("--include-secrets");

    assertThat(html)
        .contains("&lt;script&gt;run()&lt;/script&gt;", "&lt;/pre&gt;", "onerror=run()");
    assertThat(html).doesNotContainIgnoringCase("<script", "<svg/onload", "<img/src", "<b>No");
    assertThat(html).contains("http-equiv=\"Content-Security-Policy\"", "default-src 'none'");
    Matcher handler = Pattern.compile("<[a-z][^>]* on[a-z]+=").matcher(html);
    assertThat(handler.results()).isEmpty();
  }

  @Test
  void report_secrets_areMaskedUnlessAskedFor() throws Exception {
    assertThat(report()).doesNotContain(CANARY).contains("shop.example", "500");
    assertThat(report("--include-secrets")).contains(CANARY);
  }

  @Test
  void report_filter_saysWhatIsLeftOut() throws Exception {
    assertThat(report("--filter", "status == 200")).contains("status == 200");
  }
}
