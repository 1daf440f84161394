// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.export.PrivateFile;
import dev.tapedeck.analyzer.sql.CaptureInput;
import dev.tapedeck.analyzer.sql.SqlEngine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A database over captures, with a private folder for what it writes. */
final class QueryEngine implements AutoCloseable {
  private final PrivateFolder folder;
  private final Path parquet;
  private final SqlEngine sql;

  private QueryEngine(PrivateFolder folder, Path parquet, SqlEngine sql) {
    this.folder = folder;
    this.parquet = parquet;
    this.sql = sql;
  }

  /**
   * Opens one.
   *
   * @param writes whether {@link #writeParquet} will be called
   */
  static QueryEngine open(List<QueryInput> inputs, boolean writes) throws IOException {
    boolean encrypted = false;
    for (QueryInput input : inputs) {
      encrypted |= input.isEncrypted();
    }
    PrivateFolder folder = PrivateFolder.create();
    try {
      Path parquet = folder.path().resolve("rows.parquet");
      SqlEngine.Options options =
          new SqlEngine.Options(encrypted ? null : folder.path(), writes ? parquet : null);
      return new QueryEngine(
          folder, parquet, SqlEngine.open(List.<CaptureInput>copyOf(inputs), options));
    } catch (IOException e) {
      folder.close();
      throw e;
    }
  }

  SqlEngine sql() {
    return sql;
  }

  /**
   * Writes a query's rows as a Parquet file. The database makes it in the private folder: its size
   * is not known before, and the name that was asked for appears when it is complete.
   *
   * @param output null for standard output
   */
  void writeParquet(String query, @Nullable Path output, OutputStream standardOutput)
      throws IOException {
    Queries.run(() -> sql.writeParquet(query, parquet));
    try (InputStream rows = Files.newInputStream(parquet)) {
      if (output == null) {
        rows.transferTo(standardOutput);
        return;
      }
      try (PrivateFile file = PrivateFile.create(output)) {
        rows.transferTo(file.stream());
        file.commit();
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      sql.close();
    } finally {
      folder.close();
    }
  }
}
