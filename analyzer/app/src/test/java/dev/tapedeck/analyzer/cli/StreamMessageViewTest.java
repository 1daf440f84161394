// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.Golden;
import dev.tapedeck.analyzer.export.TestObjects;
import dev.tapedeck.analyzer.terminal.TextOutput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StreamMessageViewTest {
  @Test
  void show_everyKind_controlCharactersEscaped() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    TextOutput text = new TextOutput(out, false);
    new StreamMessageView(text, new BodyView(text, 16, false, false))
        .show(TestObjects.conversation());
    Golden.assertMatches("cli/show-messages.txt", out.toString(StandardCharsets.UTF_8));
  }
}
