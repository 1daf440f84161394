// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Captured content that tries everything to be run: nothing of it is. */
class HostilePageIT extends BrowserTest {
  private static final String RUN = "window.canary=1;fetch('http://192.0.2.66/canary');alert(1)";
  private static final int LARGE_BYTES = 50_000_000;
  private static final int ROWS = 30_000;

  private static final List<String> BODIES =
      List.of(
          "text/html|<script>"
              + RUN
              + "</script><img src=x onerror=\""
              + RUN
              + "\"><svg onload=\""
              + RUN
              + "\">",
          "text/html|<iframe srcdoc=\"<script>parent."
              + RUN
              + "</script>\"></iframe><base href=http://192.0.2.66/>",
          "text/html|</pre></div><meta http-equiv=refresh content=\"0;url=javascript:"
              + RUN
              + "\">",
          "image/svg+xml|<svg xmlns='http://www.w3.org/2000/svg' onload=\""
              + RUN
              + "\"><script>"
              + RUN
              + "</script></svg>",
          "image/png|<svg xmlns='http://www.w3.org/2000/svg' onload=\"" + RUN + "\"/>",
          "application/json|{\"<img src=x onerror="
              + RUN
              + ">\":\"<script>"
              + RUN
              + "</script>\",\"__proto__\":{\"canary\":1},\"constructor\":{\"prototype\":{\"canary\":1}}}",
          "application/json|[1,2,",
          "text/javascript|" + RUN,
          "text/css|body{background:url(http://192.0.2.66/canary)}",
          "text/plain|\\xff\\xfe\\xc3\\x28\\xed\\xa0\\x80\\xf8\\x88 \\xe2\\x80\\xae evil \\x1b[31m\\x00\\x07",
          "text/plain; charset=x-nothing|data:text/html,<script>" + RUN + "</script>",
          "multipart/x-mixed-replace|javascript:" + RUN);

  HostilePageIT() {
    super("hostile.tape");
  }

  @Override
  String script() {
    StringBuilder script = new StringBuilder();
    script.append("c1: @ plain server 192.0.2.1:40000 -> 192.0.2.2:80\n");
    script.append("c2: @ plain server 192.0.2.1:40001 -> 192.0.2.2:80\n");
    String head =
        "x\"><img src=x onerror="
            + RUN
            + ">: <script>"
            + RUN
            + "</script>\\r\\nx-b: \\xe2\\x80\\xae\\x1b[2J";
    for (String each : BODIES) {
      String type = each.substring(0, each.indexOf('|'));
      String body = each.substring(each.indexOf('|') + 1);
      script
          .append("c1 >> GET /\"><script>" + RUN + "</script><img/src=x/onerror=" + RUN + ">\\xff")
          .append(
              " HTTP/1.1\\r\\nhost: <script>" + RUN + "</script>\\r\\n" + head + "\\r\\n\\r\\n\n")
          .append("c1 << HTTP/1.1 200 <script>" + RUN + "</script>\\r\\ncontent-type: " + type)
          .append("\\r\\n" + head + "\\r\\ncontent-length: ")
          .append(body.replace("\\\"", "\"").replaceAll("\\\\x..", "x").length())
          .append("\\r\\n\\r\\n" + body + "\n");
    }
    script.append("c1 >> GET /large HTTP/1.1\\r\\nhost: a\\r\\n\\r\\n\n");
    script.append("c1 << HTTP/1.1 200 OK\\r\\ncontent-type: text/html\\r\\ncontent-length: ");
    script.append(LARGE_BYTES).append("\\r\\n\\r\\n\n");
    String piece = "<b onclick=alert(1)>".repeat(50_000);
    for (int sent = 0; sent < LARGE_BYTES; sent += piece.length()) {
      script.append("c1 << ").append(piece).append('\n');
    }
    for (int i = 0; i < ROWS; i++) {
      script.append("c2 >> GET /row/").append(i).append(" HTTP/1.1\\r\\nhost: a\\r\\n\\r\\n\n");
      script.append("c2 << HTTP/1.1 204 No\\r\\n\\r\\n\n");
    }
    return script.toString();
  }

  private void assertNothingRan() {
    assertThat(browser.script("return window.canary")).as("canary").isNull();
    assertThat(browser.script("return ({}).canary")).as("prototype").isNull();
    assertThat(browser.script("return document.scripts.length")).isEqualTo(1L);
    assertThat(
            browser.script(
                "return document.querySelectorAll('iframe, object, embed, base, svg, #detail img"
                    + ":not(.picture), [onerror], [onload], [onclick], a[href]').length"))
        .isEqualTo(0L);
    assertThat(
            browser.script(
                "return performance.getEntriesByType('resource').map(e => e.name)"
                    + ".filter(n => !n.startsWith(arguments[0]) && !n.startsWith('blob:')).join()",
                server.url()))
        .as("requests to anybody else")
        .isEqualTo("");
  }

  @Test
  void everything_thatTriesToRun_isTextOnly() {
    browser.open(server.url() + "#filter=" + "host%20!%3D%20a");
    browser.awaitListed(BODIES.size() + " of");
    browser.awaitThere(".item .method");
    assertNothingRan();
    for (int i = 0; i < BODIES.size(); i++) {
      browser.click("#row-" + i);
      int number = i + 1;
      browser.awaitText("#detail h2", "1." + number);
      for (String tab : List.of("request", "response", "timing", "connection")) {
        browser.click("#tab-" + tab);
        if (tab.equals("response")) {
          everyView();
        }
      }
      assertNothingRan();
    }
    browser.click("#row-0");
    browser.awaitText("#detail h2", "1.1");
    browser.click("#pin");
    browser.click("#row-1");
    browser.awaitThere("#tab-compare");
    browser.click("#tab-compare");
    browser.awaitThere(".diff");
    assertNothingRan();
  }

  private void everyView() {
    browser.awaitThere(".raw summary");
    browser.click(".raw summary");
    browser.awaitThere(".raw pre");
    int views = browser.count(".body .tabs button");
    assertThat(views).isGreaterThan(1);
    for (int view = 1; view <= views; view++) {
      browser.click(".body .tabs button:nth-child(" + view + ")");
      browser.awaitNoText(".body-content", "Reading…");
    }
  }

  @Test
  void largeBody_isShownAPageAtATime() {
    browser.open(server.url() + "#filter=" + "path%20%3D%3D%20%22/large%22");
    browser.awaitListed("1 of");
    browser.awaitThere(".item .method");
    browser.click(".item");
    browser.awaitText(".body pre", "<b onclick=alert(1)>");
    assertThat(browser.text(".pager")).contains("of 382");
    assertThat(
            ((Number) browser.script("return document.querySelectorAll('*').length")).longValue())
        .as("elements")
        .isLessThan(20_000);
    browser.script(
        "const n = document.querySelector('.pager input'); n.value = 300;"
            + "n.dispatchEvent(new Event('change'))");
    browser.await(
        () ->
            "300"
                .equals(
                    String.valueOf(
                        browser.script("return document.querySelector('.pager input').value"))));
    browser.clickText(".body .tabs button", "Hex");
    browser.awaitText(".hex", "00000000  3c 62 20 6f");
    browser.press("j");
    assertNothingRan();
  }

  @Test
  void manyRows_areScrolledWithFewElements() {
    browser.open(server.url());
    browser.awaitListed("30,01");
    browser.awaitThere(".item .method");
    assertThat(browser.count(".item")).isLessThan(100);
    browser.press("G");
    browser.awaitText(".item.current", "/row/" + (ROWS - 1));
    assertThat(browser.count(".item")).isLessThan(100);
    browser.script("document.querySelector('#list-scroll').scrollTop = 26 * 15000");
    browser.await(() -> browser.text(".item .path").contains("/row/149"));
    assertThat(browser.count(".item")).isLessThan(100);
  }
}
