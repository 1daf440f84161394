// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StatementSplitterTest {
  @Test
  void add_statementsOnOneLine_areCutApart() {
    assertThat(split("select 1; select 2;")).containsExactly("select 1", "select 2");
  }

  @Test
  void add_statementOfManyLines_isOne() {
    assertThat(split("select 1,", "  2", "from t;")).containsExactly("select 1,\n  2\nfrom t");
  }

  @Test
  void add_semicolonsInQuotesAndComments_endNothing() {
    assertThat(
            split(
                "select ';', 'it''s;', \";\" -- not; here",
                "/* nor; here */ , $$a;b$$, $x$;$$;$x$;select $1;"))
        .containsExactly(
            "select ';', 'it''s;', \";\" -- not; here\n/* nor; here */ , $$a;b$$, $x$;$$;$x$",
            "select $1");
  }

  @Test
  void finish_openStatement_isTheLast() {
    StatementSplitter splitter = new StatementSplitter();
    assertThat(splitter.add("select 1")).isEmpty();
    assertThat(splitter.isOpen()).isTrue();
    assertThat(splitter.finish()).containsExactly("select 1");
    assertThat(splitter.isOpen()).isFalse();
    assertThat(splitter.finish()).isEmpty();
  }

  private static List<String> split(String... lines) {
    StatementSplitter splitter = new StatementSplitter();
    List<String> statements = new ArrayList<>();
    for (String line : lines) {
      statements.addAll(splitter.add(line));
    }
    assertThat(splitter.isOpen()).isFalse();
    return statements;
  }
}
