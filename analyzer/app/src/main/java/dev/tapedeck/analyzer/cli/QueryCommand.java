// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.PrivateFile;
import dev.tapedeck.analyzer.sql.RowWriter;
import dev.tapedeck.analyzer.sql.SqlEngine;
import dev.tapedeck.analyzer.sql.StatementSplitter;
import dev.tapedeck.analyzer.text.SafeText;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Answers SQL. */
@Command(
    name = "query",
    description = {
      "Answers SQL over what captures hold, read while the query runs.",
      "Tables: connections, exchanges, headers, messages, events, losses."
          + " Without SQL it is asked for; .help explains."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {
      "",
      "Examples:",
      "  analyzer query orders.tape 'SELECT status, count(*) FROM exchanges GROUP BY 1'",
      "  analyzer query *.tape -o slow.parquet --format parquet \\",
      "      'SELECT * FROM exchanges WHERE duration_us > 1000000'",
      "  analyzer query orders.tape"
    })
final class QueryCommand implements Callable<Integer> {
  private static final String STANDARD_OUTPUT = "-";

  private final AnalyzerCommand root;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE... [SQL]",
      hideParamSyntax = true,
      description = "Capture files, then the statement, unless that is to be asked for.")
  private List<String> arguments = List.of();

  @Mixin private ReadingOptions reading = new ReadingOptions();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}; table by default.")
  private QueryFormat format = QueryFormat.TABLE;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT",
      description = "File to write, readable by you alone; standard output by default.")
  private Path output = Path.of(STANDARD_OUTPUT);

  @Option(
      names = "--width",
      paramLabel = "COLUMNS",
      converter = Count.OfInt.class,
      description = "Width of a table, 0 for no limit; that of the terminal by default.")
  private @Nullable Integer width;

  QueryCommand(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    int last = arguments.size() - 1;
    boolean hasSql = arguments.size() > 1 && !isFile(arguments.get(last));
    List<Path> files = new ArrayList<>();
    for (String file : arguments.subList(0, hasSql ? last : last + 1)) {
      files.add(path(file));
    }
    List<QueryInput> inputs = QueryInput.of(root, files, reading);
    if (!isStandardOutput()) {
      Captures.refuseToReplace(files, output);
    }
    String sql = hasSql ? arguments.get(last) : null;
    if (format == QueryFormat.PARQUET) {
      parquet(inputs, sql);
    } else {
      answer(inputs, sql);
    }
    return inputs.stream().anyMatch(QueryInput::isDamaged) ? ExitCode.DAMAGE : ExitCode.OK;
  }

  private void answer(List<QueryInput> inputs, @Nullable String sql) throws IOException {
    try (QueryEngine engine = QueryEngine.open(inputs, false, null)) {
      if (isStandardOutput()) {
        // A prompt needs the terminal for itself.
        answer(engine.sql(), sql, sql == null ? root.terminal().out() : root.pages());
      } else {
        try (PrivateFile file = PrivateFile.create(output)) {
          answer(engine.sql(), sql, file.stream());
          file.commit();
        }
      }
    }
  }

  private static boolean isFile(String argument) {
    try {
      return Files.exists(Path.of(argument));
    } catch (InvalidPathException e) {
      // No file has such a name.
      return false;
    }
  }

  private static Path path(String argument) throws CommandFailure {
    try {
      return Path.of(argument);
    } catch (InvalidPathException e) {
      CommandFailure failure =
          new CommandFailure(ExitCode.USAGE, "is no file name", argument, "name a .tape file");
      failure.initCause(e);
      throw failure;
    }
  }

  private boolean isStandardOutput() {
    return output.toString().equals(STANDARD_OUTPUT);
  }

  private void parquet(List<QueryInput> inputs, @Nullable String sql) throws IOException {
    if (sql == null) {
      throw new CommandFailure(
          ExitCode.USAGE, "needs a statement", "--format parquet", "give it behind the files");
    }
    if (isStandardOutput() && root.terminal().outIsTerminal()) {
      throw new CommandFailure(
          ExitCode.USAGE, "is nothing for a terminal", "--format parquet", "name a file with -o");
    }
    Path target = isStandardOutput() ? null : output;
    try (QueryEngine engine = QueryEngine.open(inputs, true, target)) {
      engine.writeParquet(sql, target, root.terminal().out());
    }
  }

  private void answer(SqlEngine engine, @Nullable String sql, OutputStream out) throws IOException {
    SqlEngine.Answer answer =
        rows -> {
          switch (format) {
            case CSV -> RowWriter.csv(rows, out, SafeText::escape);
            case JSON -> RowWriter.json(rows, out, true);
            case NDJSON -> RowWriter.json(rows, out, false);
            case TABLE, PARQUET ->
                new QueryTable(width == null ? root.terminal().columns() : width).write(rows, out);
          }
        };
    if (sql != null) {
      for (String statement : statements(sql)) {
        Queries.run(() -> engine.run(statement, answer));
      }
    } else {
      new QuerySession(root, engine, answer, out).run(System.in);
    }
  }

  /** Returns each statement; one alone as it was given, so that its lines are counted right. */
  private static List<String> statements(String sql) {
    StatementSplitter splitter = new StatementSplitter();
    List<String> all = new ArrayList<>(splitter.add(sql));
    all.addAll(splitter.finish());
    return all.size() == 1 ? List.of(sql) : all;
  }
}
