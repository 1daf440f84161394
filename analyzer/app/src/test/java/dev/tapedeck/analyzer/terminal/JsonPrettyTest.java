// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.ObjectMapper;

final class JsonPrettyTest {
  private static final String ORDER =
      "{\"a\":1.50,\"a\":[true,false,null,\"x\\u001b\\\"\"],\"e\":{},\"f\":[],\"g\":{\"h\":-1E+2}}";

  @Test
  void of_object_memberALineAndTokensAsSent() {
    assertThat(JsonPretty.of(ORDER, false, false))
        .isEqualTo(
            """
            {
              "a": 1.50,
              "a": [
                true,
                false,
                null,
                "x\\u001b\\""
              ],
              "e": {},
              "f": [],
              "g": {
                "h": -1E+2
              }
            }""");
  }

  @Test
  void of_anyPrefix_laidOutWhereTheRestMayBeMissing() {
    String whole = String.valueOf(JsonPretty.of(ORDER, false, false)).replaceAll("\\s", "");
    for (int end = 1; end < ORDER.length(); end++) {
      String prefix = ORDER.substring(0, end);
      assertThat(JsonPretty.of(prefix, false, false)).as(prefix).isNull();
      assertThat(String.valueOf(JsonPretty.of(prefix, true, false)).replaceAll("\\s", ""))
          .as(prefix)
          .isEqualTo(whole.substring(0, end));
    }
  }

  @Test
  void of_severalTexts_oneAfterAnother() {
    assertThat(JsonPretty.of("{\"a\":1}\n{\"a\":2}\n", false, false))
        .isEqualTo("{\n  \"a\": 1\n}\n{\n  \"a\": 2\n}");
  }

  @Test
  void of_laidOut_meansTheSame() {
    ObjectMapper mapper = new ObjectMapper();
    assertThat(mapper.readTree(String.valueOf(JsonPretty.of(ORDER, false, false))))
        .isEqualTo(mapper.readTree(ORDER));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "text",
        "12",
        "{",
        "{]",
        "[1,]",
        "[1 2]",
        "{\"a\"}",
        "{\"a\":}",
        "{a:1}",
        "[\"\n\"]",
        "[tru]",
        "[1x]",
        "{} text",
        "[\"a]"
      })
  void of_noJson_null(String text) {
    assertThat(JsonPretty.of(text, false, true)).isNull();
  }

  @Test
  void of_tooDeep_null() {
    assertThat(JsonPretty.of("[".repeat(100_000), true, false)).isNull();
  }

  @Test
  void of_controlsInStrings_escaped() {
    assertThat(JsonPretty.of("{\"\u009b\":\"\u202e\u007f\"}", false, true))
        .isEqualTo("{\n  \u001b[94m\"\\x9b\"\u001b[0m: \u001b[32m\"\\u{202e}\\x7f\"\u001b[0m\n}");
  }
}
