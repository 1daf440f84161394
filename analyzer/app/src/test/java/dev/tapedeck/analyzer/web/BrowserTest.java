// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import dev.tapedeck.format.EventScript;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A server with one capture and a browser, both for all tests of a class. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BrowserTest {
  @TempDir static Path folder;

  final String fileName;
  Browser browser;
  WebServer server;

  BrowserTest(String fileName) {
    this.fileName = fileName;
  }

  /** Returns what the capture holds. */
  abstract String script();

  @BeforeAll
  void start() throws IOException {
    browser = Browser.start(folder);
    Path file = folder.resolve(fileName);
    EventScript.parse(script()).writeTo(file);
    server = Servers.start(file);
  }

  @AfterAll
  void stop() throws IOException {
    if (browser != null) {
      browser.close();
    }
    if (server != null) {
      server.close();
    }
  }
}
