// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.redact.ExchangeMasker;
import dev.tapedeck.analyzer.sql.SqlTables;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Exports to Parquet. */
@Command(
    name = "parquet",
    description = {
      "Writes a table as a Parquet file, which any engine reads; docs/SQL.md lists its columns.",
      "Authorization, cookies, API keys and the like are masked unless --include-secrets is given."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {
      "",
      "Examples:",
      "  analyzer export parquet orders.tape -o orders.parquet",
      "  analyzer export parquet orders.tape --table headers -o headers.parquet"
    })
final class ExportParquetCommand implements Callable<Integer> {
  private static final String STANDARD_OUTPUT = "-";

  private final AnalyzerCommand root;

  @Mixin private SourceOptions source = new SourceOptions();
  @Mixin private FilterOptions filter = new FilterOptions();

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "OUT",
      description = "File to write, readable by you alone; - for standard output.")
  private Path output = Path.of(STANDARD_OUTPUT);

  @Option(
      names = "--table",
      paramLabel = "TABLE",
      defaultValue = "exchanges",
      description = "${COMPLETION-CANDIDATES}; exchanges by default.")
  private QueryTableName table = QueryTableName.EXCHANGES;

  @Option(names = "--bodies", description = "With bodies and payloads, as bytes and as text.")
  private boolean bodies;

  @Mixin private SecretsOption secrets = new SecretsOption();

  ExportParquetCommand(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    boolean toStandardOutput = output.toString().equals(STANDARD_OUTPUT);
    List<QueryInput> inputs =
        QueryInput.of(
            root,
            source.files(),
            source.reading(),
            filter,
            ExchangeMasker.unless(secrets.included()));
    if (!toStandardOutput) {
      Captures.refuseToReplace(source.files(), output);
    } else if (root.terminal().outIsTerminal()) {
      throw new CommandFailure(
          ExitCode.USAGE, "is nothing for a terminal", "-o -", "name a file with -o");
    }
    Path target = toStandardOutput ? null : output;
    try (QueryEngine engine = QueryEngine.open(inputs, true, target)) {
      long rows = engine.writeParquet(query(), target, root.terminal().out());
      if (!toStandardOutput) {
        String noun = table == QueryTableName.EXCHANGES ? "exchange" : "row";
        new ExportOutput.Written(ExitCode.OK, rows, noun).tell(root, output);
      }
    }
    return inputs.stream().anyMatch(QueryInput::isDamaged) ? ExitCode.DAMAGE : ExitCode.OK;
  }

  private String query() {
    SqlTables.Description description = SqlTables.find(table.toString());
    if (description == null) {
      throw new IllegalStateException("table=" + table);
    }
    return description.columns().stream()
        .filter(column -> bodies || !column.isContent())
        .map(column -> '"' + column.name() + '"')
        .collect(Collectors.joining(", ", "SELECT ", " FROM " + description.name()));
  }
}
