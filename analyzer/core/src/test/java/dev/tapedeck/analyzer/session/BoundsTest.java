// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.AnalyzerOptions;
import dev.tapedeck.analyzer.Session;
import dev.tapedeck.format.EventScript;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is kept of messages that are too long, and of too many. */
class BoundsTest {
  private static final String POST =
      ">> POST /%s HTTP/1.1\\r\\nhost: x\\r\\ncontent-length: 26\\r\\n\\r\\n"
          + "abcdefghijklmnopqrstuvwxyz\n<< HTTP/1.1 204 No Content\\r\\n\\r\\n\n";

  @Test
  void analyze_bodyLongerThanTheLimit_keepsItsStartAndGoesOn() {
    List<Session> sessions =
        Analyses.analyze(
            EventScript.parse(POST.formatted("a") + POST.formatted("b")).events(),
            AnalyzerOptions.newBuilder().bothEnds(true).maxBodyBytes(10).build());
    assertThat(Analyses.render(sessions))
        .isEqualTo(
            "1.1 POST /a 'abcdefghij' recorder_cap [limit:body 10 of 26] > 204 | recorder_cap\n"
                + "1.2 POST /b 'abcdefghij' recorder_cap [limit:body 10 of 26] > 204"
                + " | recorder_cap\n");
    assertThat(sessions.get(0).accounting().ingress().inMessages()).isEqualTo(2 * (49L + 26));
  }

  @Test
  void analyze_tooManyRequestsWithoutAnswer_oldOnesAreGivenUp() {
    StringBuilder script = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      script.append(">> GET /").append(i).append(" HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n\n");
    }
    List<Session> sessions =
        Analyses.analyze(
            EventScript.parse(script.toString()).events(),
            AnalyzerOptions.newBuilder().bothEnds(true).maxOpenBytes(100_000).build());
    assertThat(sessions.get(0).exchanges()).hasSize(20_000);
    assertThat(sessions.get(0).exchanges().get(0).response()).isNull();
  }
}
