// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import static dev.tapedeck.format.Direction.EGRESS;
import static dev.tapedeck.format.Direction.INGRESS;
import static dev.tapedeck.recorder.CallConvention.Effect.COPY;
import static dev.tapedeck.recorder.CallConvention.Effect.NO_MEMORY;
import static dev.tapedeck.recorder.CallConvention.Effect.PEEK;
import static dev.tapedeck.recorder.CallConvention.Length.asInt;
import static dev.tapedeck.recorder.CallConvention.Length.asSize;
import static dev.tapedeck.recorder.CallConvention.Result.INT;
import static dev.tapedeck.recorder.CallConvention.Result.SSIZE;
import static dev.tapedeck.recorder.CallConvention.Result.at;

import dev.tapedeck.format.Direction;
import dev.tapedeck.recorder.CallConvention.Effect;
import dev.tapedeck.recorder.CallConvention.Length;
import dev.tapedeck.recorder.CallConvention.Result;
import dev.tapedeck.recorder.EventLayout.Call;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * A family of TLS libraries that share function names and calling conventions. Adding a library is
 * adding a row to {@link #ALL}.
 *
 * @param name as in the capture's library events
 * @param fileName what the file of a shared library is called
 * @param versionMark text in the library, or in the one beside it, that its version follows
 * @param versionFile gives the name of the file beside a shared library that holds the version
 * @param functions what is probed; those that a library does not have are left out
 * @param needed functions without which a file is not taken for the family
 */
record TlsFamily(
    String name,
    Pattern fileName,
    String versionMark,
    UnaryOperator<String> versionFile,
    List<ProbedFunction> functions,
    Set<String> needed) {

  /**
   * A function and the programs that run there.
   *
   * @param symbol name in the library
   * @param entryProgram runs when the function is entered; empty for none
   * @param returnProgram runs when it returns; empty for none
   * @param cookie what the programs are told about the function; 0 for nothing
   */
  record ProbedFunction(String symbol, String entryProgram, String returnProgram, long cookie) {}

  /** OpenSSL 1.0.1 to 4, and the forks that kept its names. */
  static final TlsFamily OPENSSL =
      new TlsFamily(
          "openssl",
          Pattern.compile("libssl(-[\\w.]+)?\\.so(\\.[\\w.]+)?"),
          "OpenSSL ",
          name -> name.replace("libssl", "libcrypto"),
          List.of(
              call("SSL_read", Call.SSL_READ, INGRESS, COPY, asInt(3), INT),
              call("SSL_write", Call.SSL_WRITE, EGRESS, COPY, asInt(3), INT),
              call("SSL_read_ex", Call.SSL_READ_EX, INGRESS, COPY, asSize(3), at(4)),
              call("SSL_write_ex", Call.SSL_WRITE_EX, EGRESS, COPY, asSize(3), at(4)),
              call("SSL_write_ex2", Call.SSL_WRITE_EX2, EGRESS, COPY, asSize(3), at(5)),
              call("SSL_peek", Call.SSL_PEEK, INGRESS, PEEK, asInt(3), INT),
              call("SSL_peek_ex", Call.SSL_PEEK_EX, INGRESS, PEEK, asSize(3), at(4)),
              call(
                  "SSL_read_early_data", Call.SSL_READ_EARLY_DATA, INGRESS, COPY, asSize(3), at(4)),
              call(
                  "SSL_write_early_data",
                  Call.SSL_WRITE_EARLY_DATA,
                  EGRESS,
                  COPY,
                  asSize(3),
                  at(4)),
              call("SSL_sendfile", Call.SSL_SENDFILE, EGRESS, NO_MEMORY, asSize(4), SSIZE),
              atReturn("SSL_new", "tls_new"),
              both("SSL_dup", "tls_dup"),
              atEntry("SSL_up_ref", "tls_up_ref"),
              atEntry("SSL_free", "tls_free"),
              atEntry("SSL_clear", "tls_clear"),
              both("SSL_shutdown", "tls_shutdown"),
              both("SSL_do_handshake", "tls_handshake"),
              both("SSL_accept", "tls_handshake"),
              both("SSL_connect", "tls_handshake"),
              sets("SSL_set_fd", "tls_set_fd"),
              sets("SSL_set_rfd", "tls_set_rfd"),
              sets("SSL_set_wfd", "tls_set_wfd"),
              atEntry("SSL_set_bio", "tls_set_bio"),
              atEntry("SSL_set0_rbio", "tls_set_rbio"),
              atEntry("SSL_set0_wbio", "tls_set_wbio"),
              // Only where the program itself is the library, as Node.js: see OPENSSL_BIO.
              both("BIO_read", "BIO_read"),
              atEntry("BIO_write", "BIO_write")),
          Set.of("SSL_read", "SSL_write"));

  /**
   * OpenSSL's other library, in which ciphertext is seen on its way to sessions that use no socket
   * themselves. Two or three more probes in each call of the library: attached only to processes of
   * which such a session is known.
   */
  static final TlsFamily OPENSSL_BIO =
      new TlsFamily(
          "openssl-bio",
          Pattern.compile("libcrypto(-[\\w.]+)?\\.so(\\.[\\w.]+)?"),
          "OpenSSL ",
          name -> name,
          List.of(both("BIO_read", "BIO_read"), atEntry("BIO_write", "BIO_write")),
          Set.of("BIO_read", "BIO_write"));

  /** Every family that is looked for, in the order in which files are tried. */
  static final List<TlsFamily> ALL = List.of(OPENSSL);

  TlsFamily {
    functions = List.copyOf(functions);
    needed = Set.copyOf(needed);
  }

  /**
   * Returns the row of a function that moves bytes.
   *
   * @param symbol name in the library
   * @param call number in the events
   * @param direction which way the bytes go
   * @param effect what is recorded of them
   * @param length which argument is the length
   * @param result how the function says what it moved
   */
  static ProbedFunction call(
      String symbol, int call, Direction direction, Effect effect, Length length, Result result) {
    return new ProbedFunction(
        symbol,
        "handle_call_entry",
        "handle_call_return",
        new CallConvention(call, direction, effect, length, result).cookie());
  }

  /** Returns the row of a function whose programs at entry and return are named by its role. */
  static ProbedFunction both(String symbol, String role) {
    return new ProbedFunction(symbol, "handle_" + role + "_entry", "handle_" + role + "_return", 0);
  }

  /** Returns the row of a function that gives a session its transport. */
  static ProbedFunction sets(String symbol, String role) {
    return new ProbedFunction(symbol, "handle_" + role + "_entry", "handle_tls_set_return", 0);
  }

  /** Returns the row of a function with a program at its entry. */
  static ProbedFunction atEntry(String symbol, String role) {
    return new ProbedFunction(symbol, "handle_" + role + "_entry", "", 0);
  }

  /** Returns the row of a function with a program at its return. */
  static ProbedFunction atReturn(String symbol, String role) {
    return new ProbedFunction(symbol, "", "handle_" + role + "_return", 0);
  }

  /** Returns the names of all probed functions. */
  Set<String> symbols() {
    Set<String> symbols = new LinkedHashSet<>();
    functions.forEach(function -> symbols.add(function.symbol()));
    return symbols;
  }

  /** Returns whether a shared library of this name belongs to the family. */
  boolean matches(String libraryFileName) {
    return fileName.matcher(libraryFileName).matches();
  }
}
