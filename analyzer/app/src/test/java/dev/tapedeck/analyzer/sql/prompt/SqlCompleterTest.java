// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jline.reader.EOFError;
import org.jline.reader.Parser.ParseContext;
import org.junit.jupiter.api.Test;

final class SqlCompleterTest {
  @Test
  void offered_beginningOfATable_isTheTable() {
    assertThat(SqlCompleter.offered("select * from exchanges e join hea", "hea"))
        .containsExactly("headers");
  }

  @Test
  void offered_tableNamed_columnsOfThatTable() {
    assertThat(SqlCompleter.offered("select pay from messages", "pay"))
        .containsExactly("payload", "payload_bytes", "payload_sha256", "payload_text");
    assertThat(SqlCompleter.offered("select pay from headers", "pay")).isEmpty();
  }

  @Test
  void offered_columnBehindAnAlias_keepsTheAlias() {
    assertThat(SqlCompleter.offered("select h.lower from headers h", "h.lower"))
        .containsExactly("h.lower_name");
  }

  @Test
  void offered_keyword_inAnyCase() {
    assertThat(SqlCompleter.offered("select 1 ord", "ord")).containsExactly("ORDER BY");
  }

  @Test
  void offered_dot_isACommand() {
    assertThat(SqlCompleter.offered(".sch", ".sch")).containsExactly(".schema");
  }

  @Test
  void parse_openStatement_asksForMore() {
    SqlLineParser parser = new SqlLineParser();
    assertThatThrownBy(() -> parser.parse("select 1", 8, ParseContext.ACCEPT_LINE))
        .isInstanceOf(EOFError.class);
    assertThat(parser.parse("select ';';", 3, ParseContext.ACCEPT_LINE).word()).isEqualTo("select");
    assertThat(parser.parse(".tables", 7, ParseContext.ACCEPT_LINE).word()).isEqualTo(".tables");
  }
}
