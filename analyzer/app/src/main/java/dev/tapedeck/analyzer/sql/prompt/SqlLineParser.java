// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql.prompt;

import dev.tapedeck.analyzer.sql.StatementSplitter;
import java.util.List;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.EOFError;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;

/** Knows when a statement is complete, and which word is being completed. */
final class SqlLineParser implements Parser {
  @Override
  public ParsedLine parse(String line, int cursor, ParseContext context) {
    if (context == ParseContext.ACCEPT_LINE && !isComplete(line)) {
      throw new EOFError(0, line.length(), "a semicolon ends the statement");
    }
    int from = cursor;
    while (from > 0 && isWordPart(line.charAt(from - 1))) {
      from--;
    }
    int to = cursor;
    while (to < line.length() && isWordPart(line.charAt(to))) {
      to++;
    }
    return new Line(line, cursor, line.substring(from, to), cursor - from);
  }

  private static boolean isComplete(String line) {
    if (line.isBlank() || line.strip().startsWith(".")) {
      return true;
    }
    StatementSplitter splitter = new StatementSplitter();
    splitter.add(line);
    return !splitter.isOpen();
  }

  private static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '.';
  }

  /** A line of which one word matters. */
  private record Line(String line, int cursor, String word, int wordCursor)
      implements CompletingParsedLine {
    @Override
    public CharSequence escape(CharSequence candidate, boolean complete) {
      return candidate;
    }

    @Override
    public int rawWordCursor() {
      return wordCursor;
    }

    @Override
    public int rawWordLength() {
      return word.length();
    }

    @Override
    public int wordIndex() {
      return 0;
    }

    @Override
    public List<String> words() {
      return List.of(word);
    }
  }
}
