// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import net.javacrumbs.jsonunit.core.Configuration;
import net.javacrumbs.jsonunit.core.internal.Diff;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class JsonDifferTest {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // baseline | actual | path | change
        "{\"a\":1} | {\"a\":2} | $.a | VALUE",
        "{\"a\":1} | {\"a\":\"1\"} | $.a | TYPE",
        "{\"a\":true} | {\"a\":null} | $.a | TYPE",
        "{\"a\":1} | {\"a\":1.0} | $.a | TYPE",
        "{\"a\":{\"b\":1}} | {\"a\":{}} | $.a.b | MISSING",
        "{\"a\":{}} | {\"a\":{\"b c\":1}} | $.a['b c'] | ADDED",
        "[1,2,3] | [1,3] | $[1] | MISSING",
        "[1,3] | [1,2,3] | $[1] | ADDED",
        "[1,2,3] | [3,2,1] | $ | ORDER",
        "{\"x\":[{\"p\":1},{\"p\":2}]} | {\"x\":[{\"p\":1},{\"p\":3}]} | $.x[1].p | VALUE",
        "[{\"id\":1},{\"id\":2},{\"id\":3},{\"id\":4}] | [{\"id\":1},{\"id\":2},{\"id\":4}] | $[2] | MISSING",
        "\"a\" | [] | $ | TYPE"
      })
  void compare_oneChange_isOneDifference(
      String baseline, String actual, String path, Change change) {
    assertThat(compare(baseline, actual))
        .singleElement()
        .satisfies(
            difference -> {
              assertThat(difference.path()).isEqualTo(path);
              assertThat(difference.kind()).isEqualTo(DifferenceKind.JSON);
              assertThat(difference.change()).isEqualTo(change);
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":1,\"b\":2}|{\"b\":2,\"a\":1}",
        "[1.50]|[1.5]",
        "[1e2]|[100.0]",
        "null|null",
        "{\"a\":[]}|{ \"a\" : [ ] }"
      })
  void compare_sameMeaning_isEqual(String pair) {
    String[] parts = pair.split("\\|", -1);
    assertThat(compare(parts[0], parts[1])).isEmpty();
  }

  @Test
  void compare_manyChanges_reportsEachWithItsValues() {
    assertThat(
            compare(
                "{\"id\":7,\"tags\":[\"a\",\"b\"],\"gone\":true}",
                "{\"id\":8,\"tags\":[\"a\"],\"new\":\"x\"}"))
        .containsExactly(
            new Difference("$.id", DifferenceKind.JSON, Change.VALUE, "7", "8"),
            new Difference("$.tags[1]", DifferenceKind.JSON, Change.MISSING, "\"b\"", null),
            new Difference("$.gone", DifferenceKind.JSON, Change.MISSING, "true", null),
            new Difference("$.new", DifferenceKind.JSON, Change.ADDED, null, "\"x\""));
  }

  @Test
  void compare_secretMembers_areMaskedAtAnyDepth() {
    List<Difference> differences =
        compare(
            "{\"token\":\"abc\",\"user\":{}}",
            "{\"token\":\"abcd\",\"user\":{\"pass_word\":1},\"more\":{\"access_token\":\"zzz\"}}");
    assertThat(differences.toString()).doesNotContain("abc").doesNotContain("zzz");
    assertThat(differences)
        .extracting(Difference::path)
        .containsExactly("$.token", "$.user.pass_word", "$.more");
  }

  @Test
  void compare_textsThatWereRenamed_areEqual() {
    Renaming renaming =
        new Renaming(
            List.of(
                new Renaming.Pair("shop.example", "127.0.0.1:8443"),
                new Renaming.Pair("http://shop.example", "https://127.0.0.1:8443")));
    JsonDiffer differ = new JsonDiffer(renaming, new Secrets(false));
    assertThat(
            differ.compare(
                JSON.readTree("{\"next\":\"http://shop.example/2\",\"h\":\"shop.example\"}"),
                JSON.readTree("{\"next\":\"https://127.0.0.1:8443/2\",\"h\":\"127.0.0.1:8443\"}")))
        .isEmpty();
  }

  /** json-unit is the oracle of whether documents are equal. */
  @Test
  void compare_randomDocuments_agreesWithJsonUnit() {
    for (int seed = 0; seed < 2000; seed++) {
      Random random = new Random(seed);
      JsonNode baseline = RandomJson.document(random);
      JsonNode actual =
          random.nextBoolean() ? RandomJson.mutated(baseline, random) : RandomJson.document(random);
      boolean equal =
          new JsonDiffer(Renaming.NONE, new Secrets(true)).compare(baseline, actual).isEmpty();
      Diff oracle =
          Diff.create(baseline.toString(), actual.toString(), "", "", Configuration.empty());
      assertThat(equal)
          .as("seed=%d baseline=%s actual=%s", seed, baseline, actual)
          .isEqualTo(oracle.similar());
    }
  }

  /** Exactly one value is changed, so exactly one difference is reported. */
  @Test
  void compare_oneRandomMutation_isOneDifference() {
    for (int seed = 0; seed < 2000; seed++) {
      Random random = new Random(seed);
      JsonNode baseline = RandomJson.document(random);
      JsonNode actual = RandomJson.mutated(baseline, random);
      assertThat(new JsonDiffer(Renaming.NONE, new Secrets(true)).compare(baseline, actual))
          .as("seed=%d baseline=%s actual=%s", seed, baseline, actual)
          .hasSize(baseline.equals(actual) ? 0 : 1);
    }
  }

  private static List<Difference> compare(String baseline, String actual) {
    return new JsonDiffer(Renaming.NONE, new Secrets(false))
        .compare(JSON.readTree(baseline), JSON.readTree(actual)).stream()
            .map(Mismatch::difference)
            .toList();
  }
}
