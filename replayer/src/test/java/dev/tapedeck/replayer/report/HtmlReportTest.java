// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.replayer.TestReports;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class HtmlReportTest {
  @Test
  void page_oneOfEverything_showsAccountTimesAndDifferences() throws Exception {
    String page = HtmlReport.page(TestReports.report());
    assertThat(page)
        .contains("<tr><td>recorded</td><td class=\"n\">5</td></tr>")
        .contains("<tr><td>skipped: unsafe method</td><td class=\"n\">1</td></tr>")
        .contains("<tr><td>failed: timeout</td><td class=\"n\">1</td></tr>")
        .contains("1 answer differs, 1 request failed")
        .doesNotContain("connections\\n")
        .containsPattern("on [0-9]+ connections; pace ")
        .contains("header header:cache-control (missing)")
        .contains("<td class=\"v was\">no-store</td><td class=\"v now\">-</td>")
        .contains("<polyline class=\"p99\"");
  }

  @Test
  void page_capturedMarkupAndControlCharacters_areEscaped() throws Exception {
    String page = HtmlReport.page(TestReports.report());
    assertThat(page)
        .contains("/different?a=\\x1b[31m&amp;b=&lt;x&gt;")
        .doesNotContain("<x>")
        .doesNotContain("\u001b");
    assertThat(HtmlText.escape("<img src=x onerror='a()'>\"&`\u202e"))
        .isEqualTo("&lt;img src=x onerror=&#39;a()&#39;&gt;&quot;&amp;&#96;\\u{202e}");
  }

  @Test
  void page_policy_allowsItsStyleAndNothingElse() throws Exception {
    String page = HtmlReport.page(TestReports.report());
    Matcher style = Pattern.compile("<style>(.*?)</style>", Pattern.DOTALL).matcher(page);
    assertThat(style.find()).isTrue();
    byte[] digest =
        MessageDigest.getInstance("SHA-256")
            .digest(style.group(1).getBytes(StandardCharsets.UTF_8));
    assertThat(page)
        .contains(
            "default-src 'none'; style-src 'sha256-" + Base64.getEncoder().encodeToString(digest))
        .doesNotContain("<script")
        .doesNotContain("style=")
        .doesNotContainPattern("\\bon[a-z]+=")
        .doesNotContain("http-equiv=\"refresh");
  }

  @Test
  void svg_knownPoints_lieOnTheLogarithmicScale() {
    TimePlot plot = new TimePlot("t");
    plot.add(0, 1_000);
    plot.add(1_000_000, 100_000);
    // 1 µs is the bottom at 192, 100 µs the top at 12.
    assertThat(plot.svg()).contains("points=\"65.5,192.0 782.5,12.0 \"");
  }
}
