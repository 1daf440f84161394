// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import org.junit.jupiter.api.BeforeEach;

/** What people do first on the page, for tests of what they see then. */
abstract class PageTest extends BrowserTest {
  PageTest(String fileName) {
    super(fileName);
  }

  /** Opens the page, whatever the test before left of it. */
  @BeforeEach
  void open() {
    browser.usualViewport();
    browser.prefer("light");
    browser.open(server.url());
    browser.awaitListed("exchanges");
    browser.awaitThere(".item .method");
  }

  /** Shows a part of the one exchange that a filter means. */
  void show(String filter, String tab) {
    browser.type("#filter", filter);
    awaitRows(1);
    browser.click("#row-0");
    awaitOpened(0);
    browser.click("#tab-" + tab);
  }

  /** Pins the first of two exchanges that a filter means, and compares the other one with it. */
  void compareBoth(String filter) {
    browser.type("#filter", filter);
    awaitRows(2);
    browser.click("#row-0");
    awaitOpened(0);
    browser.click("#pin");
    browser.click("#row-1");
    awaitOpened(1);
    browser.click("#tab-compare");
  }

  private void awaitRows(int count) {
    browser.awaitListed(count + " of ");
    browser.await(() -> browser.count(".item .method") == count);
  }

  /** Waits until the exchange of a row is the one that is shown beside the list. */
  private void awaitOpened(int row) {
    browser.await(
        () ->
            Boolean.TRUE.equals(
                browser.script(
                    "const text = (selector) => document.querySelector(selector)?.textContent;"
                        + "const id = text('#row-' + arguments[0] + ' .id');"
                        + "return Boolean(id) && text('#detail h2 .note') === id",
                    row)));
  }
}
