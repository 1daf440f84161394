// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.duckdb.DuckDBColumnType;
import org.duckdb.DuckDBDataChunkWriter;
import org.duckdb.DuckDBFunctions;
import org.duckdb.DuckDBTableFunction;
import org.duckdb.DuckDBTableFunctionBindInfo;
import org.duckdb.DuckDBTableFunctionBuilder;
import org.duckdb.DuckDBTableFunctionCallInfo;
import org.duckdb.DuckDBTableFunctionInitInfo;

/**
 * A table as a function of the database, which asks for the columns that a query needs only.
 *
 * <p><b>Threads:</b> called by the database's.
 */
final class ScanFunction<R> implements DuckDBTableFunction<String, Scan<R>, String> {
  private final Table<R> table;
  private final List<CaptureInput> inputs;
  private final LearnedEndpoints endpoints;
  private final Consumer<Scan<?>> begun;

  private ScanFunction(
      Table<R> table,
      List<CaptureInput> inputs,
      LearnedEndpoints endpoints,
      Consumer<Scan<?>> begun) {
    this.table = table;
    this.inputs = inputs;
    this.endpoints = endpoints;
    this.begun = begun;
  }

  /**
   * Makes a table known to a database.
   *
   * @param begun is told of each reading
   * @return the function's name
   */
  static <R> String register(
      Connection connection,
      Table<R> table,
      List<CaptureInput> inputs,
      LearnedEndpoints endpoints,
      Consumer<Scan<?>> begun)
      throws SQLException {
    String name = "tapedeck_" + table.name();
    try (DuckDBTableFunctionBuilder function = DuckDBFunctions.tableFunction()) {
      function
          .withName(name)
          .withProjectionPushdown()
          .withFunction(new ScanFunction<>(table, inputs, endpoints, begun))
          .register(connection);
    }
    return name;
  }

  @Override
  public String bind(DuckDBTableFunctionBindInfo info) {
    for (Column<R> column : table.columns()) {
      info.addResultColumn(column.name(), DuckDBColumnType.valueOf(column.type().scanned()));
    }
    return table.name();
  }

  @Override
  public Scan<R> init(DuckDBTableFunctionInitInfo info) {
    info.setMaxThreads(1);
    List<Column<R>> columns = new ArrayList<>();
    for (long i = 0; i < info.getColumnCount(); i++) {
      columns.add(table.columns().get(Math.toIntExact(info.getColumnIndex(i))));
    }
    Scan<R> scan = new Scan<>(table, List.copyOf(columns), inputs, endpoints);
    begun.accept(scan);
    return scan;
  }

  @Override
  public String localInit(DuckDBTableFunctionInitInfo info) {
    return table.name();
  }

  @Override
  public long apply(DuckDBTableFunctionCallInfo call, DuckDBDataChunkWriter chunk)
      throws IOException, InterruptedException {
    Scan<R> scan = call.getInitData();
    RowBatch<R> batch = scan.next();
    if (batch == null) {
      return 0;
    }
    batch.writeTo(chunk);
    return batch.rows();
  }
}
