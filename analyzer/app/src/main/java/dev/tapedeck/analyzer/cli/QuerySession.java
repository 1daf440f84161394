// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.sql.SqlEngine;
import dev.tapedeck.analyzer.sql.SqlTables;
import dev.tapedeck.analyzer.sql.StatementSplitter;
import dev.tapedeck.analyzer.sql.prompt.SqlPrompt;
import dev.tapedeck.analyzer.terminal.DisplayWidth;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Answers statements one after another, typed by a person or written by a program. */
final class QuerySession {
  private static final List<String> HELP =
      List.of(
          "A semicolon ends a statement, which may have several lines.",
          ".tables          lists the tables",
          ".schema [TABLE]  lists columns with their types and units",
          ".help            shows this",
          ".quit            ends, as Ctrl-D does; Ctrl-C stops a query",
          "Tab completes tables, columns and keywords.");

  private final AnalyzerCommand root;
  private final SqlEngine engine;
  private final SqlEngine.Answer answer;
  private final OutputStream out;

  QuerySession(AnalyzerCommand root, SqlEngine engine, SqlEngine.Answer answer, OutputStream out) {
    this.root = root;
    this.engine = engine;
    this.answer = answer;
    this.out = out;
  }

  /** Asks for statements, on a terminal with a prompt. */
  void run(InputStream in) throws IOException {
    if (root.terminal().outIsTerminal() && Terminal.isTerminal(0)) {
      prompt();
    } else {
      read(in);
    }
  }

  private void prompt() throws IOException {
    root.terminal().err().println("analyzer: SQL over captures; .help explains, Ctrl-D ends");
    try (SqlPrompt prompt = SqlPrompt.open(engine::cancel)) {
      for (String text = prompt.next(); text != null; text = prompt.next()) {
        String line = text.strip();
        if (line.equals(".quit") || line.equals(".exit")) {
          return;
        }
        try {
          step(line);
        } catch (SqlEngine.CancelledException e) {
          root.terminal().err().println("analyzer: cancelled");
        } catch (CommandFailure e) {
          // A person who mistyped gets another chance.
          new Failures(root).tell(e);
        }
        out.flush();
      }
    }
  }

  /** Answers every statement of a text; the first that is refused ends it. */
  void read(InputStream in) throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    StatementSplitter splitter = new StatementSplitter();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (!splitter.isOpen() && line.strip().startsWith(".")) {
        if (line.strip().equals(".quit") || line.strip().equals(".exit")) {
          return;
        }
        step(line.strip());
      } else {
        for (String statement : splitter.add(line)) {
          step(statement);
        }
      }
    }
    for (String statement : splitter.finish()) {
      step(statement);
    }
  }

  private void step(String text) throws IOException {
    if (text.startsWith(".")) {
      command(text);
    } else if (!text.isEmpty()) {
      Queries.run(() -> engine.run(text, answer));
    }
  }

  private void command(String text) throws IOException {
    String[] words = text.split("\\s+", 2);
    switch (words[0].toLowerCase(Locale.ROOT)) {
      case ".help" -> {
        for (String line : HELP) {
          line(line);
        }
      }
      case ".tables" -> {
        for (SqlTables.Description table : SqlTables.all()) {
          line(DisplayWidth.padRight(table.name(), 12) + table.description());
        }
      }
      case ".schema" -> schema(words.length > 1 ? words[1].replace(";", "").strip() : "");
      default ->
          throw new CommandFailure(ExitCode.USAGE, "no such command", words[0], ".help lists them");
    }
  }

  private void schema(String name) throws IOException {
    List<SqlTables.Description> tables = SqlTables.all();
    if (!name.isEmpty()) {
      SqlTables.Description table = SqlTables.find(name);
      if (table == null) {
        throw new CommandFailure(ExitCode.USAGE, "no such table", name, ".tables lists them");
      }
      tables = List.of(table);
    }
    for (SqlTables.Description table : tables) {
      line(table.name());
      for (SqlTables.ColumnDescription column : table.columns()) {
        line(
            "  "
                + DisplayWidth.padRight(column.name(), 31)
                + DisplayWidth.padRight(column.type(), 13)
                + column.description());
      }
    }
  }

  private void line(String text) throws IOException {
    out.write((text + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
