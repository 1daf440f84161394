// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.analyzer.Leg;
import dev.tapedeck.analyzer.Link;
import dev.tapedeck.analyzer.export.CaptureRef;
import dev.tapedeck.analyzer.export.TestObjects;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ExchangeTableTest {
  private final ExchangeTable table = new ExchangeTable(120, false);

  private static Exchange innerLegOf(String... outer) {
    return TestObjects.login().toBuilder()
        .leg(
            new Leg(
                List.of(outer), false, Leg.Method.CONTENT, Link.Confidence.LIKELY, "the same body"))
        .build();
  }

  @Test
  void line_statusNotKnown_isNoNumber() {
    Exchange login = TestObjects.login();
    HttpResponse known = Objects.requireNonNull(login.response());
    HttpResponse unknown =
        new HttpResponse(
            0,
            "",
            known.version(),
            known.head(),
            known.headers(),
            known.trailers(),
            known.body(),
            known.span(),
            known.completeness(),
            known.anomalies());
    assertThat(table.line(CaptureRef.ONLY, login)).contains(" " + known.status() + " ");
    assertThat(table.line(CaptureRef.ONLY, login.toBuilder().response(unknown).build()))
        .containsPattern("  - POST ")
        .doesNotContain(" 0 ");
  }

  @Test
  void line_innerLeg_namesTheOuterOne() {
    assertThat(table.line(CaptureRef.ONLY, innerLegOf("3.1"))).contains(" [leg of 3.1] https://");
    assertThat(table.line(new CaptureRef("b.tape", 2), innerLegOf("3.1")))
        .contains(" [leg of 2:3.1] https://");
  }

  @Test
  void line_legOfOneOfSeveral_namesNone() {
    assertThat(table.line(CaptureRef.ONLY, innerLegOf("3.1", "4.1"))).doesNotContain("[leg");
  }
}
