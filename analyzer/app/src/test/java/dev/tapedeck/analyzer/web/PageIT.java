// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

/** Each thing on the page, in a real browser. */
class PageIT extends PageTest {
  private static final byte[] PIXEL =
      Base64.getDecoder()
          .decode(
              "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

  private static final String JSON = "{\"orders\":[{\"id\":7,\"name\":\"Tea\"}],\"next\":null}";

  PageIT() {
    super("page.tape");
  }

  private static String answer(String type, String body) {
    return "<< HTTP/1.1 200 OK\\r\\ncontent-type: "
        + type
        + "\\r\\ncontent-length: "
        + body.replaceAll("\\\\(x..|.)", "x").length()
        + "\\r\\n\\r\\n"
        + body
        + "\n";
  }

  private static String get(String path) {
    return ">> GET " + path + " HTTP/1.1\\r\\nhost: shop.example\\r\\nx-trace: t1\\r\\n\\r\\n\n";
  }

  @Override
  String script() {
    StringBuilder script = new StringBuilder();
    script.append("c1: @ tls server 192.0.2.1:40000 -> 192.0.2.2:8443\n");
    script.append("c2: @ plain server 192.0.2.1:40001 -> 192.0.2.2:80\n");
    script.append("c3: @ plain server 192.0.2.1:40002 -> 192.0.2.2:80\n");
    String[] lines =
        (get("/orders")
                + answer("application/json", JSON)
                + get("/page")
                + answer("text/html", "<h1 id=captured>Hello</h1>")
                + get("/pixel")
                + answer("image/png", EventScript.escaped(PIXEL))
                + get("/orders?page=2")
                + answer("application/json", JSON.replace("Tea", "Coffee"))
                + get("/broken")
                + "<< HTTP/1.1 500 Oh\\r\\ncontent-length: 3\\r\\n\\r\\nbad\n"
                + get("/gap")
                + "<< HTTP/1.1 200 OK\\r\\ncontent-length: 30\\r\\n\\r\\n0123456789\n"
                + "<< lost 10\n"
                + "<< abcdefghij\n")
            .split("\n", -1);
    for (String line : lines) {
      if (!line.isEmpty()) {
        script.append("c1 ").append(line).append('\n');
      }
    }
    script.append(
        "c2 >> GET /chat HTTP/1.1\\r\\nhost: shop.example\\r\\nupgrade: websocket\\r\\nconnection:"
            + " upgrade\\r\\nsec-websocket-version: 13\\r\\nsec-websocket-key:"
            + " dGhlIHNhbXBsZSBub25jZQ==\\r\\n\\r\\n\n"
            + "c2 << HTTP/1.1 101 Switching Protocols\\r\\nupgrade: websocket\\r\\nconnection:"
            + " upgrade\\r\\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\\r\\n\\r\\n\n"
            + "c2 >> \\x81\\x85\\x00\\x00\\x00\\x00hello\n"
            + "c2 << \\x81\\x05world\n");
    script.append(
        "c3 >> GET /events HTTP/1.1\\r\\nhost: shop.example\\r\\naccept:"
            + " text/event-stream\\r\\n\\r\\n\n"
            + "c3 << HTTP/1.1 200 OK\\r\\ncontent-type: text/event-stream\\r\\n\\r\\n"
            + "event: stock\\ndata: 7 left\\n\\ndata: 6 left\\n\\n\n"
            + "close c1\nclose c2\nclose c3\n");
    return script.toString();
  }

  @Test
  void list_showsWhatWasRecorded_andTheTimelineSumsItUp() {
    assertThat(browser.text("#files")).contains("page.tape");
    assertThat(browser.text(".item")).contains("/orders", "/broken", "500", "shop.example");
    assertThat(browser.text(".item .tag")).contains("gap", "2 msg");
    assertThat(browser.count(".item .bar")).isEqualTo(8);
    browser.awaitText("#chart-text", "8 exchanges");
    assertThat(browser.text("#chart-text")).contains("1 × 5xx");
    assertThat(browser.script("return document.querySelector('#chart-canvas').width"))
        .isNotEqualTo(0L);
  }

  @Test
  void filter_narrowsTheList_andPointsAtWhatIsWrong() {
    browser.type("#filter", "status >= 500");
    browser.awaitListed("1 of 8");
    browser.awaitNoText(".item", "/page");
    assertThat(browser.text(".item")).contains("/broken");
    browser.type("#filter", "status >= x");
    browser.awaitText("#filter-problem", "character 11");
    assertThat(browser.text("#filter-problem mark")).isEqualTo("x");
    assertThat(browser.find("#filter").getAttribute("aria-invalid")).isEqualTo("true");
    browser.click("#filter-clear");
    browser.awaitListed("8 exchanges");
    assertThat(browser.text("#filter-problem")).isEmpty();
  }

  @Test
  void sort_byAColumn_goesBothWays() {
    browser.clickText("#list-head button", "Status");
    browser.awaitText("#list-head", "Status ▾");
    browser.await(() -> browser.text(".item .status").startsWith("500"));
    browser.clickText("#list-head button", "Status ▾");
    browser.await(() -> browser.text(".item .status").endsWith("500"));
  }

  @Test
  void keys_moveOpenAndClose() {
    browser.press("j");
    browser.press("j");
    browser.await(() -> browser.text(".item.current").contains("/page"));
    browser.press(Keys.ENTER);
    browser.awaitText("#detail .url", "/page");
    browser.press("k");
    browser.awaitText("#detail .url", "/orders");
    browser.press(Keys.ESCAPE);
    browser.await(() -> !browser.find("#detail").isDisplayed());
    browser.press("/");
    assertThat(browser.script("return document.activeElement.id")).isEqualTo("filter");
    browser.press(Keys.ESCAPE);
    browser.press("?");
    browser.awaitText("#keys", "next exchange");
    browser.press(Keys.ESCAPE);
    browser.press("G");
    browser.await(() -> "8".equals(browser.find(".item.current").getAttribute("aria-posinset")));
    browser.press("t");
    browser.await(() -> !browser.find("#chart").isDisplayed());
  }

  @Test
  void request_showsHeadersAndTheRawHead() {
    show("path == \"/page\"", "request");
    browser.awaitText("#tab-panel .fields", "x-trace");
    assertThat(browser.text(".start-line")).isEqualTo("GET /page HTTP/1.1");
    browser.click(".raw summary");
    browser.awaitText(".raw pre", "GET /page HTTP/1.1␍␊");
  }

  @Test
  void body_ofJson_isATreeThatOpensAndCloses() {
    show("path == \"/orders\" and body contains Tea", "response");
    browser.awaitText(".tree", "\"orders\"");
    assertThat(browser.text(".tree")).contains("1 item", "null");
    assertThat(browser.count(".tree details:not([open])")).isEqualTo(1);
    browser.click(".tree details:not([open]) > summary");
    browser.awaitText(".tree", "\"Tea\"");
  }

  @Test
  void body_ofHtml_isShownAsSource() {
    show("path == \"/page\"", "response");
    browser.awaitText(".body pre", "<h1 id=captured>Hello</h1>");
    assertThat(browser.count("#captured")).isZero();
    assertThat(browser.text(".body .tabs")).contains("Source");
    browser.clickText(".body .tabs button", "Hex");
    browser.awaitText(".hex", "3c 68 31 20 69 64");
  }

  @Test
  void body_ofAnImage_isSeen() {
    show("path == \"/pixel\"", "response");
    browser.awaitText("figcaption", "image/png, 1 × 1");
    assertThat(String.valueOf(browser.script("return document.querySelector('.picture').src")))
        .startsWith("blob:");
    browser.clickText(".body .tabs button", "Hex");
    browser.awaitText(".hex", "89 50 4e 47");
  }

  @Test
  void connection_showsGapsAndHowItWasLinked() {
    show("completeness == gap", "connection");
    browser.awaitText("#tab-panel", "How the bytes were linked");
    assertThat(browser.text("#tab-panel")).contains("192.0.2.2:8443", "proven", "10 B lost");
    assertThat(browser.text(".gaps")).contains("10 bytes at").contains("lost");
    assertThat(browser.count(".coverage .lost")).isEqualTo(1);
    assertThat(browser.text(".oddities")).contains("gap");
  }

  @Test
  void messages_ofWebSocketAndEventStream_areShown() {
    show("path == \"/chat\"", "messages");
    browser.awaitText(".messages .what", "hello\nworld");
    browser.awaitText(".message-body", "hello");
    browser.click("li:nth-child(2) .message");
    browser.awaitText(".message-body", "world");
    browser.click(".close");
    show("path == \"/events\"", "messages");
    browser.awaitText(".messages", "stock");
    browser.awaitText(".message-body", "7 left");
  }

  @Test
  void timing_showsWaitingAndReceiving() {
    show("path == \"/page\"", "timing");
    browser.awaitText("#tab-panel", "Receiving");
    assertThat(browser.count(".timing .wait, .timing .receive")).isEqualTo(2);
  }

  @Test
  void compare_showsWhatDiffers() {
    compareBoth("path == \"/orders\"");
    browser.awaitText(".diff", "Coffee");
    assertThat(browser.text(".diff .added")).contains("Coffee", "GET /orders?page=2");
    assertThat(browser.text(".diff .removed")).contains("Tea").doesNotContain("Coffee");
  }

  @Test
  void har_ofTheList_isSaved() throws IOException {
    browser.type("#filter", "status >= 500");
    browser.awaitListed("1 of 8");
    browser.click("#save-list");
    Path har = folder.resolve("exchanges.har");
    browser.await(() -> Files.exists(har) && Files.size(har) > 0);
    assertThat(Files.readString(har)).contains("/broken").doesNotContain("/page");
  }

  @Test
  void har_ofAnExchange_isSaved() throws IOException {
    show("path == \"/broken\"", "request");
    browser.clickText("#detail button", "HAR");
    Path har = folder.resolve("exchange-1-5.har");
    browser.await(() -> Files.exists(har) && Files.size(har) > 0);
    assertThat(Files.readString(har)).contains("/broken").doesNotContain("/page");
  }

  @Test
  void timeline_draggedOver_filtersBySpan() {
    browser.awaitText("#chart-text", "8 exchanges");
    browser.drag("#chart-canvas", 0.6, 0.1);
    browser.await(() -> browser.find("#filter").getAttribute("value").contains("started >= "));
    assertThat(browser.find("#filter").getAttribute("value"))
        .matches("started >= \\S+ and started < \\S+");
    browser.awaitListed(" of 8");
    // The answer to the last request is at the right end.
    browser.awaitNoText(".item", "/events");
    assertThat(browser.count(".item .method")).isBetween(1, 7);
  }

  @Test
  void keys_inAnExchange_chooseItsPartCopyAndPin() {
    show("path == \"/page\"", "request");
    browser.press(Keys.ESCAPE);
    browser.script("Clipboard.prototype.writeText = async (text) => { window.copied = text; }");
    for (String[] each : new String[][] {{"2", "response"}, {"3", "timing"}, {"1", "request"}}) {
      browser.press(each[0]);
      browser.await(
          () -> "true".equals(browser.find("#tab-" + each[1]).getAttribute("aria-selected")));
    }
    browser.press("c");
    browser.awaitText("#toast", "Copied as curl");
    browser.press("x");
    browser.awaitText("#toast", "Pinned 1.2");
  }

  @Test
  void curl_ofAnExchange_isCopied() {
    show("path == \"/page\"", "request");
    browser.script("Clipboard.prototype.writeText = async (text) => { window.copied = text; }");
    browser.click("#copy-curl");
    browser.awaitText("#toast", "Copied as curl");
    assertThat(String.valueOf(browser.script("return window.copied")))
        .contains("curl", "shop.example", "/page");
  }

  @Test
  void address_remembersFilterAndExchange() {
    show("path == \"/page\"", "request");
    String address = String.valueOf(browser.script("return location.href"));
    assertThat(address).contains("#filter=", "id=1.2", "tab=request");
    browser.open(address);
    browser.awaitText("#detail .url", "/page");
    browser.awaitText(".start-line", "GET /page HTTP/1.1");
  }

  @ParameterizedTest
  @ValueSource(ints = {1280, 400})
  void layout_wideAndNarrow_fitsTheWindow(int width) {
    browser.viewport(width, 800);
    browser.open(server.url());
    browser.awaitThere(".item .method");
    assertThat(browser.script("return document.documentElement.scrollWidth <= innerWidth"))
        .isEqualTo(true);
    assertThat(browser.find("#filter").isDisplayed()).isTrue();
    assertThat(browser.find(".item .path").isDisplayed()).isTrue();
    browser.click(".item");
    browser.awaitThere(".fields td");
    assertThat(browser.script("return document.documentElement.scrollWidth <= innerWidth"))
        .isEqualTo(true);
    assertThat(
            browser.script(
                "const r = document.querySelector('.close').getBoundingClientRect();"
                    + "return r.left >= 0 && r.right <= innerWidth"))
        .isEqualTo(true);
  }

  @Test
  void page_forAssistiveTools_namesItsParts() {
    assertThat(
            browser.script(
                "return [...document.querySelectorAll('button, input, [role=listbox], section')]"
                    + ".filter(e => !(e.textContent.trim() || e.getAttribute('aria-label')"
                    + " || e.labels?.length)).length"))
        .isEqualTo(0L);
    browser.press("j");
    assertThat(
            browser.script(
                "return document.getElementById(document.querySelector('[role=listbox]')"
                    + ".getAttribute('aria-activedescendant')).getAttribute('aria-selected')"))
        .isEqualTo("true");
  }
}
