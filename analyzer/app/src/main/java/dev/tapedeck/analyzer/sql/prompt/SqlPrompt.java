// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql.prompt;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.history.DefaultHistory;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Asks for statements on the process's terminal. What was typed is remembered in memory only.
 *
 * <p><b>Threads:</b> confined to one.
 */
public final class SqlPrompt implements Closeable {
  /** What begins with a dot. */
  public static final List<String> COMMANDS =
      List.of(".exit", ".help", ".quit", ".schema", ".tables");

  private static final String PROMPT = "tapedeck> ";
  private static final String MORE = "     ...> ";

  private final Terminal terminal;
  private final LineReader reader;

  private SqlPrompt(Terminal terminal) {
    this.terminal = terminal;
    this.reader =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName("tapedeck")
            .parser(new SqlLineParser())
            .completer(new SqlCompleter())
            .history(new DefaultHistory())
            .variable(LineReader.SECONDARY_PROMPT_PATTERN, MORE)
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .option(LineReader.Option.CASE_INSENSITIVE, true)
            .build();
  }

  /**
   * Opens the process's terminal.
   *
   * @param interrupted is run when the user interrupts a statement
   */
  public static SqlPrompt open(Runnable interrupted) throws IOException {
    Terminal terminal = TerminalBuilder.builder().system(true).dumb(true).build();
    terminal.handle(Terminal.Signal.INT, signal -> interrupted.run());
    return new SqlPrompt(terminal);
  }

  /** Returns what the user typed, one statement or command; null at the end of the input. */
  public @Nullable String next() {
    try {
      return reader.readLine(PROMPT);
    } catch (UserInterruptException e) {
      // What was begun is forgotten, as in a shell.
      return "";
    } catch (EndOfFileException e) {
      // The user is done.
      return null;
    }
  }

  @Override
  public void close() throws IOException {
    terminal.close();
  }
}
