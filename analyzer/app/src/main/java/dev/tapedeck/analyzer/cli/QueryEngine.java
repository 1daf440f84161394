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
   * @param output what it will be called with; null for standard output
   */
  static QueryEngine open(List<QueryInput> inputs, boolean writes, @Nullable Path output)
      throws IOException {
    boolean encrypted = false;
    for (QueryInput input : inputs) {
      encrypted |= input.isEncrypted();
    }
    PrivateFolder folder = folder(encrypted && writes, output);
    try {
      Path parquet = folder.path().resolve("rows.parquet");
      SqlEngine.Options options =
          new SqlEngine.Options(encrypted ? null : folder.path(), writes ? parquet : null);
      return new QueryEngine(
          folder, parquet, SqlEngine.open(List.<CaptureInput>copyOf(inputs), options));
    } catch (SqlEngine.NotLoadedException e) {
      folder.close();
      CommandFailure failure =
          new CommandFailure(
              ExitCode.IO,
              "the database cannot be loaded from the temporary folder",
              System.getProperty("java.io.tmpdir"),
              "it may be full or mounted noexec: name another one in TMPDIR");
      failure.initCause(e);
      throw failure;
    } catch (IOException e) {
      folder.close();
      throw e;
    }
  }

  /**
   * Rows of an encrypted capture go where they were asked for and nowhere else: the database makes
   * their file beside it.
   */
  private static PrivateFolder folder(boolean isSecretFile, @Nullable Path output)
      throws IOException {
    if (!isSecretFile) {
      return PrivateFolder.create();
    }
    if (output == null) {
      throw new CommandFailure(
          ExitCode.USAGE,
          "would put rows of an encrypted capture into the temporary folder",
          "Parquet to standard output",
          "name a file with -o");
    }
    Path parent = output.toAbsolutePath().getParent();
    return parent == null ? PrivateFolder.create() : PrivateFolder.createIn(parent);
  }

  SqlEngine sql() {
    return sql;
  }

  /**
   * Writes a query's rows as a Parquet file. The database makes it in the private folder: its size
   * is not known before, and the name that was asked for appears when it is complete.
   *
   * @param output null for standard output
   * @return how many rows
   */
  long writeParquet(String query, @Nullable Path output, OutputStream standardOutput)
      throws IOException {
    long[] written = new long[1];
    Queries.run(() -> written[0] = sql.writeParquet(query, parquet));
    try (InputStream rows = Files.newInputStream(parquet)) {
      if (output == null) {
        rows.transferTo(standardOutput);
        return written[0];
      }
      try (PrivateFile file = PrivateFile.create(output)) {
        rows.transferTo(file.stream());
        file.commit();
      }
      return written[0];
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
