// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.format.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonGenerator;

class AsciiJsonTest {
  private static final String OTHERS = "\"\\\t\n\r\f";

  @Test
  void write_everyByteAtEveryPlace_isEscapedAsElsewhereOrRefused() throws IOException {
    for (int length = 1; length < 20; length++) {
      for (int at = 0; at < length; at++) {
        for (int c = 0; c < 256; c++) {
          byte[] bytes = "plain !~[]{}".repeat(2).getBytes(StandardCharsets.US_ASCII);
          bytes[at + 1] = (byte) c;
          boolean text = (c >= ' ' && c < 0x7f) || OTHERS.indexOf(c) >= 0;
          Bytes given = Bytes.wrap(bytes, 1, length);
          assertThat(written(given)).isEqualTo(text ? expected(given) : "{}");
        }
      }
    }
  }

  @Test
  void write_textsOfAllDensities_areEscapedAsElsewhere() throws IOException {
    Random random = new Random(3);
    for (int round = 0; round < 400; round++) {
      byte[] bytes = new byte[random.nextInt(3000)];
      int share = 1 + random.nextInt(30);
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] =
            (byte)
                (random.nextInt(share) == 0
                    ? OTHERS.charAt(random.nextInt(OTHERS.length()))
                    : ' ' + random.nextInt(0x7f - ' '));
      }
      Bytes given = Bytes.wrap(bytes, 0, bytes.length);
      assertThat(written(given)).isEqualTo(expected(given));
    }
  }

  /** Twice, since the room of the first text is used again. */
  private static String written(Bytes text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Json.compact(
        out,
        json -> {
          json.writeStartObject();
          AsciiJson ascii = new AsciiJson(json);
          ascii.write("a", text);
          ascii.write("b", text);
          json.writeEndObject();
        });
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String expected(Bytes text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String value = new String(text.toArray(), StandardCharsets.US_ASCII);
    Json.compact(out, json -> members(json, value));
    return out.toString(StandardCharsets.UTF_8);
  }

  private static void members(JsonGenerator json, String value) {
    json.writeStartObject();
    json.writeStringProperty("a", value);
    json.writeStringProperty("b", value);
    json.writeEndObject();
  }
}
