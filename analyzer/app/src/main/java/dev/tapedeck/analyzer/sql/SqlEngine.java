// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.duckdb.DuckDBConnection;
import org.duckdb.DuckDBDriver;
import org.jspecify.annotations.Nullable;

/**
 * A database in memory whose tables are read from captures while a query runs.
 *
 * <p>Statements reach neither files nor the network: they see the captures, and what earlier
 * statements of the same engine made.
 *
 * <p><b>Limits:</b> the database takes up to the memory that its options name beside the heap; what
 * does not fit goes to files in the temporary folder, when one was given.
 *
 * <p><b>Threads:</b> confined to one, but for {@link #cancel}.
 */
public final class SqlEngine implements AutoCloseable {
  /** Memory of a database that nobody gave another: {@value} MiB. */
  public static final int MEMORY_MEBIBYTES = 1024;

  /** What the driver says when a query whose rows are streamed fails before the first of them. */
  private static final String REASON_LOST = "Invalid result set";

  private final Connection connection;
  private final int memoryMebibytes;
  private final Queue<Scan<?>> scans = new ConcurrentLinkedQueue<>();
  private volatile @Nullable Statement running;
  private volatile boolean cancelled;

  private SqlEngine(Connection connection, int memoryMebibytes) {
    this.connection = connection;
    this.memoryMebibytes = memoryMebibytes;
  }

  /**
   * What an engine may use.
   *
   * @param temporary folder for what does not fit into memory, which must be private; null for none
   * @param output the only file that statements may write; null for none
   * @param memoryMebibytes memory for what queries hold at once, in MiB, beside the heap
   */
  public record Options(@Nullable Path temporary, @Nullable Path output, int memoryMebibytes) {
    /** Options with the usual memory. */
    public Options(@Nullable Path temporary, @Nullable Path output) {
      this(temporary, output, MEMORY_MEBIBYTES);
    }
  }

  /** The database's native part cannot be loaded. */
  public static final class NotLoadedException extends IOException {
    private static final long serialVersionUID = 1;

    NotLoadedException(LinkageError cause) {
      super("the database cannot be loaded", cause);
    }
  }

  /**
   * Makes a database over captures; none of them is read before a query does.
   *
   * @throws IOException when the database cannot be loaded
   */
  public static SqlEngine open(List<CaptureInput> inputs, Options options) throws IOException {
    Properties properties = new Properties();
    properties.setProperty(DuckDBDriver.JDBC_STREAM_RESULTS, "true");
    try {
      SqlEngine engine =
          new SqlEngine(
              DriverManager.getConnection("jdbc:duckdb:", properties), options.memoryMebibytes());
      try {
        engine.setUp(List.copyOf(inputs), options);
        DuckDbLibrary.unlink();
        return engine;
      } catch (SQLException | IOException e) {
        engine.close();
        throw e;
      }
    } catch (SQLException e) {
      throw new IOException("the database does not start: " + e.getMessage(), e);
    } catch (LinkageError e) {
      // Its native part is unpacked into the temporary folder first.
      throw new NotLoadedException(e);
    }
  }

  private void setUp(List<CaptureInput> inputs, Options options) throws SQLException {
    LearnedEndpoints endpoints = new LearnedEndpoints(inputs);
    try (Statement statement = connection.createStatement()) {
      for (Table<?> table : SqlTables.TABLES) {
        String scan = ScanFunction.register(connection, table, inputs, endpoints, scans::add);
        statement.execute(table.view(scan));
      }
      statement.execute("SET autoinstall_known_extensions = false");
      statement.execute("SET autoload_known_extensions = false");
      statement.execute("SET allow_community_extensions = false");
      statement.execute("SET TimeZone = 'UTC'");
      statement.execute("SET memory_limit = '" + options.memoryMebibytes() + "MiB'");
      Path temporary = options.temporary();
      statement.execute(
          "SET temp_directory = " + literal(temporary == null ? "" : temporary.toString()));
      Path output = options.output();
      if (output != null) {
        statement.execute("SET allowed_paths = [" + literal(output.toString()) + "]");
      }
      statement.execute("SET enable_external_access = false");
      statement.execute("SET lock_configuration = true");
    }
  }

  /** Returns text as SQL has it between quotes. */
  static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  /** Takes the rows of an answer. */
  @FunctionalInterface
  public interface Answer {
    /** Reads all rows; the set is closed afterwards. */
    void rows(ResultSet rows) throws SQLException, IOException;
  }

  /**
   * Runs statements and hands the last one's answer on, row by row as it is found.
   *
   * @throws SqlException when the database refuses it
   * @throws IOException when a capture cannot be read, or from the answer's taker
   */
  public void run(String sql, Answer answer) throws IOException {
    run(sql, 0, answer);
  }

  /** Returns how many rows it changed or wrote, 0 when it answered with rows. */
  private long run(String sql, int linesBefore, Answer answer) throws IOException {
    cancelled = false;
    scans.clear();
    try (Statement statement = connection.createStatement()) {
      running = statement;
      if (statement.execute(sql)) {
        try (ResultSet rows = statement.getResultSet()) {
          answer.rows(rows);
        }
        return 0;
      }
      return statement.getLargeUpdateCount();
    } catch (SQLException e) {
      throw explained(e, sql, linesBefore);
    } finally {
      running = null;
      scans.forEach(Scan::stop);
    }
  }

  /**
   * Runs a query and writes its rows to a Parquet file, the only one that the options allow.
   *
   * @return how many rows
   * @throws SqlException when the database refuses it
   * @throws IOException when a capture cannot be read
   */
  public long writeParquet(String query, Path output) throws IOException {
    String bare = query.strip();
    while (bare.endsWith(";")) {
      bare = bare.substring(0, bare.length() - 1).stripTrailing();
    }
    // The query stands on a line of its own, so that a comment at its end ends there.
    String copy =
        "COPY (\n"
            + bare
            + "\n) TO "
            + literal(output.toString())
            + " (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)";
    return run(copy, 1, rows -> {});
  }

  private IOException explained(SQLException failure, String sql, int linesBefore) {
    for (Scan<?> scan : scans) {
      Exception cause = scan.failure();
      if (cause instanceof IOException unreadable) {
        return unreadable;
      } else if (cause instanceof RuntimeException unexpected) {
        throw unexpected;
      }
    }
    return cancelled ? new CancelledException(failure) : refused(failure, sql, linesBefore);
  }

  private IOException refused(SQLException failure, String sql, int linesBefore) {
    SQLException reason = failure;
    int lines = linesBefore;
    if (String.valueOf(failure.getMessage()).contains(REASON_LOST)) {
      reason = reason(failure, sql);
      lines += reason == failure ? 0 : 1;
    }
    return String.valueOf(reason.getMessage()).startsWith("Out of Memory Error")
        ? new TooLargeException(memoryMebibytes, reason)
        : SqlException.of(reason, sql, lines);
  }

  /** Asks for the reason that the driver lost: the same fails again where no rows are wanted. */
  private SQLException reason(SQLException failure, String sql) {
    try (Connection other = connection.unwrap(DuckDBConnection.class).duplicate();
        Statement statement = other.createStatement()) {
      running = statement;
      statement.execute("EXPLAIN ANALYZE\n" + sql);
      return failure;
    } catch (SQLException e) {
      return e;
    } finally {
      running = null;
    }
  }

  /** A query that needs more memory than the database may take, and has nowhere to put the rest. */
  public static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1;

    private final int memoryMebibytes;

    TooLargeException(int memoryMebibytes, SQLException cause) {
      super("the query needs more than " + memoryMebibytes + " MiB of memory", cause);
      this.memoryMebibytes = memoryMebibytes;
    }

    /** Returns how much memory it had, in MiB. */
    public int memoryMebibytes() {
      return memoryMebibytes;
    }
  }

  /** A query that was cancelled. */
  public static final class CancelledException extends IOException {
    private static final long serialVersionUID = 1;

    CancelledException(SQLException cause) {
      super("cancelled", cause);
    }
  }

  /** Ends the statement that runs, if one does; any thread may call it. */
  public void cancel() {
    Statement statement = running;
    if (statement == null) {
      return;
    }
    cancelled = true;
    scans.forEach(Scan::stop);
    try {
      statement.cancel();
    } catch (SQLException e) {
      // It ended at the same moment, which is what was asked for.
      running = null;
    }
  }

  @Override
  public void close() throws IOException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IOException("the database does not close: " + e.getMessage(), e);
    }
  }
}
