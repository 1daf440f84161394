// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

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
   * A function and the programs that run there; what they do with arguments and results is the
   * kernel side's ({@code bpf/}).
   *
   * @param symbol name in the library
   * @param entryProgram runs when the function is entered; empty for none
   * @param returnProgram runs when it returns; empty for none
   */
  record ProbedFunction(String symbol, String entryProgram, String returnProgram) {}

  /** OpenSSL 1.0.1 to 4, and the forks that kept its names. */
  static final TlsFamily OPENSSL =
      new TlsFamily(
          "openssl",
          Pattern.compile("libssl(-[\\w.]+)?\\.so(\\.[\\w.]+)?"),
          "OpenSSL ",
          name -> name.replace("libssl", "libcrypto"),
          List.of(
              both("SSL_read"),
              both("SSL_write"),
              both("SSL_read_ex"),
              both("SSL_write_ex"),
              both("SSL_write_ex2"),
              atReturn("SSL_new"),
              atEntry("SSL_up_ref"),
              atEntry("SSL_free"),
              atEntry("SSL_clear"),
              both("SSL_shutdown"),
              atEntry("SSL_set_fd"),
              atEntry("SSL_set_rfd"),
              atEntry("SSL_set_wfd"),
              // Only where the program itself is the library, as Node.js: see OPENSSL_BIO.
              both("BIO_read"),
              atEntry("BIO_write")),
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
          List.of(both("BIO_read"), atEntry("BIO_write")),
          Set.of("BIO_read", "BIO_write"));

  /** Every family that is looked for, in the order in which files are tried. */
  static final List<TlsFamily> ALL = List.of(OPENSSL);

  TlsFamily {
    functions = List.copyOf(functions);
    needed = Set.copyOf(needed);
  }

  private static ProbedFunction both(String symbol) {
    return new ProbedFunction(
        symbol, "handle_" + symbol + "_entry", "handle_" + symbol + "_return");
  }

  private static ProbedFunction atEntry(String symbol) {
    return new ProbedFunction(symbol, "handle_" + symbol + "_entry", "");
  }

  private static ProbedFunction atReturn(String symbol) {
    return new ProbedFunction(symbol, "", "handle_" + symbol + "_return");
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
