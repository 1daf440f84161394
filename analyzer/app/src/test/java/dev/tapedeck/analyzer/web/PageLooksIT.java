// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.EventScript;
import dev.tapedeck.format.Gzip;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

/** What makes the page pleasant: contrast, help, empty lists, and what bodies mean. */
class PageLooksIT extends PageTest {
  /** Field 1 is a text, 2 the number 150, 3 a message with a text of its own. */
  private static final byte[] PROTOBUF = {
    0x0a, 3, 't', 'e', 'a', 0x10, (byte) 0x96, 1, 0x1a, 6, 0x0a, 4, 'm', 'i', 'n', 't'
  };

  /** Colours of all text that can be seen, against what is behind it. */
  private static final String LOW_CONTRAST =
      """
      const luminance = (color) => {
        const [r, g, b] = color.map((v) => v / 255)
          .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const parse = (text) => {
        const mixed = /color\\(srgb ([\\d. ]+)(?:\\/ ([\\d.]+))?\\)/.exec(text);
        if (mixed) return [...mixed[1].trim().split(' ').map((v) => v * 255), Number(mixed[2] ?? 1)];
        const [r, g, b, a] = text.match(/[\\d.]+/g).map(Number);
        return [r, g, b, a ?? 1];
      };
      const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3]));
      const behind = (element) => {
        const layers = [];
        for (let e = element; e; e = e.parentElement) {
          layers.push(parse(getComputedStyle(e).backgroundColor));
          if (layers.at(-1)[3] >= 1) break;
        }
        return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
      };
      const bad = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      let seen = 0;
      while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!walker.currentNode.textContent.trim() || !element.checkVisibility()) continue;
        if (element.closest('noscript, .toast')) continue;
        seen++;
        const back = behind(element);
        const front = over(parse(getComputedStyle(element).color), back);
        const [one, other] = [luminance(front), luminance(back)];
        const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
        if (ratio < 4.5) bad.push(element.className + ' ' + ratio.toFixed(2) + ' ' + element.textContent);
      }
      return seen < 20 ? 'only ' + seen + ' texts' : bad.join('; ');
      """;

  PageLooksIT() {
    super("looks.tape");
  }

  private static String list(int changed) {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < 60; i++) {
      text.append(i == 0 ? "" : ",").append(i == changed ? -i : i);
    }
    return text.append(']').toString();
  }

  @Override
  String script() {
    StringBuilder script = new StringBuilder();
    for (int i = 1; i <= 3; i++) {
      script.append("c" + i + ": @ plain server 192.0.2.1:4000" + i + " -> 192.0.2.2:80\n");
    }
    script.append("t1: @ tls client 192.0.2.1:40009 -> 192.0.2.2:443\n");
    byte[] zipped = Gzip.of("{\"zipped\":true}");
    String form = "user=ada&note=caf%C3%A9+%26+tea";
    String[] talk = {
      "c1 >> GET /search?q=green%20tea&page=2 HTTP/1.1\\r\\nhost: shop.example\\r\\n\\r\\n",
      "c1 << HTTP/1.1 200 OK\\r\\ncontent-type: application/json\\r\\ncontent-encoding: gzip\\r\\n"
          + "content-length: "
          + zipped.length
          + "\\r\\n\\r\\n"
          + EventScript.escaped(zipped),
      "c1 >> POST /login HTTP/1.1\\r\\nhost: shop.example\\r\\ncontent-type:"
          + " application/x-www-form-urlencoded\\r\\ncontent-length: "
          + form.length()
          + "\\r\\n\\r\\n"
          + form,
      "c1 << HTTP/1.1 303 See Other\\r\\ncontent-length: 0\\r\\n\\r\\n",
      "c1 >> GET /list HTTP/1.1\\r\\nhost: shop.example\\r\\n\\r\\n",
      "c1 << HTTP/1.1 200 OK\\r\\ncontent-type: application/json\\r\\ncontent-length: "
          + list(-1).length()
          + "\\r\\n\\r\\n"
          + list(-1),
      "c1 >> GET /list HTTP/1.1\\r\\nhost: shop.example\\r\\n\\r\\n",
      "c1 << HTTP/1.1 200 OK\\r\\ncontent-type: application/json\\r\\ncontent-length: "
          + list(30).length()
          + "\\r\\n\\r\\n"
          + list(30),
      "c1 >> GET /missing HTTP/1.1\\r\\nhost: shop.example\\r\\n\\r\\n",
      "c1 << HTTP/1.1 404 No\\r\\ncontent-length: 30\\r\\n\\r\\n0123456789",
      "c1 << lost 10",
      "c1 << abcdefghij",
      "t1 >> GET /never HTTP/1.1\\r\\nhost: partner.example\\r\\n\\r\\n",
      "c2 >> GET /chat HTTP/1.1\\r\\nhost: shop.example\\r\\nupgrade: websocket\\r\\nconnection:"
          + " upgrade\\r\\nsec-websocket-version: 13\\r\\nsec-websocket-key:"
          + " dGhlIHNhbXBsZSBub25jZQ==\\r\\n\\r\\n",
      "c2 << HTTP/1.1 101 Switching Protocols\\r\\nupgrade: websocket\\r\\nconnection:"
          + " upgrade\\r\\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\\r\\n\\r\\n",
      "c2 << \\x81\\x07{\"n\":1}",
    };
    script.append(String.join("\n", talk)).append('\n');
    script.append(GrpcCall.lines("c3", "/shop.Stock/Find", PROTOBUF, PROTOBUF));
    return script.append("close c1\nclose c2\nclose c3\n").toString();
  }

  private void showPath(String path, String tab) {
    show("path == \"" + path + "\"", tab);
  }

  @ParameterizedTest
  @ValueSource(strings = {"light", "dark"})
  void text_inBothSchemes_hasEnoughContrast(String scheme) {
    browser.prefer(scheme);
    // WCAG 2.1, 1.4.3.
    assertThat(browser.script(LOW_CONTRAST)).as("list").isEqualTo("");
    for (String tab : List.of("request", "response", "timing", "connection")) {
      showPath("/missing", tab);
      browser.awaitThere("#tab-panel *");
      assertThat(browser.script(LOW_CONTRAST)).as(tab).isEqualTo("");
    }
    showPath("/chat", "messages");
    browser.awaitThere(".message-body .body");
    assertThat(browser.script(LOW_CONTRAST)).as("messages").isEqualTo("");
    help();
    assertThat(browser.script(LOW_CONTRAST)).as("keys").isEqualTo("");
  }

  private void help() {
    browser.script("document.getElementById('list-scroll').focus()");
    browser.press("?");
    browser.awaitThere("#keys[open] .example");
  }

  @Test
  void help_offersFiltersThatTheServerUnderstands() {
    help();
    int filters = browser.count("#keys .example");
    assertThat(filters).isGreaterThan(5);
    browser.press(Keys.ESCAPE);
    for (int i = 0; i < filters; i++) {
      help();
      String filter =
          browser.text("#keys section:last-child .example:nth-of-type(" + (i + 1) + ") code");
      browser.click("#keys section:last-child .example:nth-of-type(" + (i + 1) + ")");
      browser.await(() -> browser.count("#keys[open]") == 0);
      assertThat(browser.script("return document.getElementById('filter').value"))
          .isEqualTo(filter);
      browser.awaitListed("of 8 exchanges");
      browser.awaitThere("#progress[hidden]");
      assertThat(browser.text("#filter-problem")).as(filter).isEmpty();
    }
  }

  @Test
  void list_withoutAMatch_saysSoAndOffersAll() {
    browser.type("#filter", "status == 599");
    browser.awaitText("#list-empty", "No exchange matches");
    browser.clickText("#list-empty button", "Show all");
    browser.awaitListed("8 exchanges");
    browser.await(() -> !browser.find("#list-empty").isDisplayed());
  }

  @Test
  void page_openedWithAFilterThatMeansNothing_namesTheCaptureAndTheMistake() {
    browser.open(server.url() + "#filter=status+%3E%3D+x");
    browser.awaitText("#filter-problem", "character 11");
    browser.awaitText("#files", "looks.tape");
    browser.awaitText("#list-empty", "cannot be understood");
  }

  @Test
  void upgrade_isNoFault() {
    showPath("/chat", "messages");
    assertThat(browser.text(".item .tag")).isEqualTo("1 msg");
    assertThat(browser.count(".oddities")).isZero();
    browser.awaitText(".message-body .tree", "\"n\": 1");
  }

  @Test
  void grpc_messages_areReadWithoutTheirSchema() {
    showPath("/shop.Stock/Find", "messages");
    browser.awaitText(".messages .what", "tea, 150, mint\ntea, 150, mint");
    browser.awaitText(".message-body .tree", "1: \"tea\"");
    assertThat(browser.text(".message-body .tree"))
        .contains("2: 150 varint", "3 message, 1 field", "1: \"mint\"");
    browser.clickText(".message-body .body .tabs button", "Hex");
    browser.awaitText(".hex", "0a 03 74 65 61 10 96 01  1a 06");
  }

  @Test
  void request_queryAndForm_areDecoded() {
    showPath("/search", "request");
    browser.awaitText("#tab-panel .fields", "green tea");
    showPath("/login", "request");
    browser.awaitText(".body-content .fields", "café & tea");
    browser.clickText(".body .tabs button", "Text");
    browser.awaitText(".body pre", "note=caf%C3%A9+%26+tea");
  }

  @Test
  void body_withACoding_isShownAsSentToo() {
    showPath("/search", "response");
    browser.awaitText(".body .tree", "\"zipped\": true");
    browser.clickText(".body .tabs button", "As sent");
    browser.awaitText(".hex", "00000000  1f 8b");
  }

  @Test
  void compare_longRunsOfEqualLines_areFoldedUntilOneAsks() {
    compareBoth("path == \"/list\"");
    browser.awaitText(".diff .added", "-30");
    assertThat(browser.text(".diff .fold")).contains("equal lines");
    int lines = browser.count(".diff .line");
    browser.click(".diff .fold");
    browser.await(() -> browser.count(".diff .line") > lines + 10);
  }

  @Test
  void split_byKeys_makesTheExchangeWider() {
    showPath("/missing", "response");
    long before = width();
    browser.script("document.getElementById('split').focus()");
    browser.press(Keys.ARROW_LEFT);
    browser.press(Keys.ARROW_LEFT);
    assertThat(width()).isGreaterThan(before + 40);
    assertThat(browser.text("#detail .url")).contains("/missing");
  }

  private long width() {
    return ((Number) browser.script("return document.getElementById('detail').clientWidth"))
        .longValue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"request", "response", "timing", "connection", "messages"})
  void everyPart_at400Pixels_fitsAndReachesItsButtons(String tab) {
    showPath("/chat", tab);
    browser.viewport(400, 800);
    browser.awaitThere("#tab-panel *");
    assertThat(browser.script("return document.documentElement.scrollWidth <= innerWidth"))
        .isEqualTo(true);
    assertThat(
            browser.script(
                "return [...document.querySelectorAll('.detail .actions button')].filter(e => {"
                    + "const r = e.getBoundingClientRect(); return r.left < 0 || r.right > innerWidth"
                    + "}).length"))
        .isEqualTo(0L);
    browser.click(".close");
    assertThat(browser.find("#save-list").isDisplayed()).isTrue();
    assertThat(browser.find("#help").isDisplayed()).isTrue();
  }

  @Test
  void list_withTheFocus_showsWhereItIs() {
    browser.press("j");
    assertThat(
            browser.script(
                "return getComputedStyle(document.querySelector('.item.current')).boxShadow"))
        .isNotEqualTo("none");
  }
}
