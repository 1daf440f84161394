// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
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

  private String reportOf(EventScript script, String... options) throws Exception {
    Path file = folder.resolve("made.tape");
    script.writeTo(file);
    Path out = folder.resolve("made.html");
    List<Object> words = new ArrayList<>(List.of("report", file, "-o", out));
    words.addAll(List.of(options));
    CliRun run = CliRun.of(words.toArray());
    assertThat(run.exitCode()).as(run.err()).isZero();
    return Files.readString(out);
  }

  @Test
  void report_messages_areShownWithTheirBeginAndCounted() throws Exception {
    StringBuilder script = new StringBuilder();
    script.append(
        ">> GET /chat HTTP/1.1\\r\\nhost: shop.example\\r\\nupgrade: websocket\\r\\nconnection:"
            + " upgrade\\r\\nsec-websocket-version: 13\\r\\nsec-websocket-key:"
            + " dGhlIHNhbXBsZSBub25jZQ==\\r\\n\\r\\n\n"
            + "<< HTTP/1.1 101 Switching Protocols\\r\\nupgrade: websocket\\r\\nconnection:"
            + " upgrade\\r\\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\\r\\n\\r\\n\n"
            + ">> \\x81\\x89\\x00\\x00\\x00\\x00<b>tea</b\n");
    for (int i = 0; i < 50; i++) {
      script.append("<< \\x82\\x03\\x00\\x01\\xff\n");
    }
    String html = reportOf(EventScript.parse(script + "close\n"));
    assertThat(html)
        .contains("Messages 51", "&lt;b&gt;tea&lt;/b", "<td class=\"mono\">00 01 ff</td>")
        .contains("and 11 more")
        .doesNotContain("<b>tea");
  }

  @Test
  void report_grpcAndServerSentEvents_areShown() throws Exception {
    assertThat(reportOf(TestCaptures.CALLS)).contains("Messages 3", "37 20 6c 65 66 74");
    assertThat(
            reportOf(
                EventScript.parse(
                    """
                    >> GET /events HTTP/1.1\\r\\nhost: a\\r\\n\\r\\n
                    << HTTP/1.1 200 OK\\r\\ncontent-type: text/event-stream\\r\\n\\r\\nevent: stock\\ndata: 7 left\\n\\n
                    close
                    """)))
        .contains("Messages 1", "event stock", "7 left");
  }

  @Test
  void report_ofManyExchanges_isAsLongAsOfFewAndSaysWhatIsLeftOut() throws Exception {
    String few = reportOf(many(2_000));
    String more = reportOf(many(20_000));
    assertThat(more.length()).isLessThan(few.length() + few.length() / 10);
    assertThat(more)
        .contains("<b>20,000</b>", "In detail <small>60 of 20,000", "Failed <small>20 of 2,000")
        .contains("Slowest <small>20 of 20,000");
  }

  private static EventScript many(int exchanges) {
    StringBuilder script = new StringBuilder();
    for (int i = 0; i < exchanges; i++) {
      script
          .append(">> GET /orders/")
          .append(i)
          .append(" HTTP/1.1\\r\\nhost: shop.example\\r\\n\\r\\n\n<< HTTP/1.1 ")
          .append(i % 10 == 0 ? "500" : "200")
          .append(" x\\r\\ncontent-length: 2\\r\\n\\r\\nok\n");
    }
    return EventScript.parse(script.toString());
  }

  @Test
  void report_filter_saysWhatIsLeftOut() throws Exception {
    assertThat(report("--filter", "status == 200")).contains("status == 200");
  }

  @Test
  void report_byDefault_leavesNothingBesideTheCapture() throws Exception {
    report();
    Path index = folder.resolve("shop.tape.idx");
    assertThat(index).doesNotExist();
    report("--no-index");
    assertThat(index).doesNotExist();
    report("--index");
    assertThat(index).isRegularFile();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(index)))
        .isEqualTo("rw-------");
  }
}
