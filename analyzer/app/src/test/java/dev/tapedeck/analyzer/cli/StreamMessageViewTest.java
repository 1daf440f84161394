// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.Golden;
import dev.tapedeck.analyzer.export.TestObjects;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StreamMessageViewTest {
  @Test
  void show_everyKind_controlCharactersEscaped() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new StreamMessageView(new TextOutput(out, false), 16).show(TestObjects.conversation());
    Golden.assertMatches("cli/show-messages.txt", out.toString(StandardCharsets.UTF_8));
  }
}
