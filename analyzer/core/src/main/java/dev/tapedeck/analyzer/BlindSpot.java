// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import dev.tapedeck.format.Endpoint;
import java.util.Locale;

/**
 * Traffic of a process with one server that went by and is not in the capture.
 *
 * <p><b>Units:</b> bytes as they moved on the socket, encrypted where that is TLS, except {@link
 * Cause#SENDFILE} and {@link Cause#MISSED_CALLS}, which count plaintext.
 *
 * @param process who moved it
 * @param server the end that accepted, as far as it is known
 * @param cause why it was not seen, most likely
 * @param connections how many connections, or sockets
 * @param egressBytes sent
 * @param ingressBytes received
 */
public record BlindSpot(
    ProcessInfo process,
    Endpoint server,
    Cause cause,
    long connections,
    long egressBytes,
    long ingressBytes) {

  /** Why traffic was not seen, and what to do about it. */
  public enum Cause {
    /** Kernel TLS. */
    KTLS(
        "the kernel encrypts, so that no call of the library shows these bytes",
        "switch kernel TLS off in the program while it is recorded (OpenSSL option KTLS, nginx"
            + " 'ssl_conf_command Options -KTLS')"),
    /** Bodies that the library sent from a file. */
    SENDFILE(
        "SSL_sendfile sent these bytes from a file, so that they never were in memory",
        "switch sendfile off in the program (nginx 'sendfile off'), or take the files for the"
            + " bodies"),
    /** The socket was used through io_uring. */
    IO_URING(
        "io_uring moved these bytes past the calls that are recorded",
        "switch io_uring off in the program while it is recorded"),
    /** No TLS library is known in the process. */
    UNKNOWN_LIBRARY(
        "no TLS library that can be recorded is known in this process",
        "see 'recorder targets' for the library it uses and why it cannot be recorded"),
    /** The process has sessions of which no socket is known. */
    UNLINKED_SESSION(
        "sessions of this process that could not be linked to a socket may have moved these bytes",
        "see 'analyzer show FILE SESSION --why' of its sessions without addresses"),
    /** The process has sessions, and none of them used this socket. */
    NO_SESSION(
        "the process has TLS sessions, and no call of one was seen on this connection",
        "record from the program's start; it may use a second TLS library: see 'recorder targets'"),
    /** A linked session shows less than its socket moved. */
    MISSED_CALLS(
        "the session's calls show less than its TLS records hold",
        "look for another library or kernel TLS on the same connection, and for losses with"
            + " 'analyzer info'"),
    /** Datagrams of port 443. */
    UDP_443(
        "HTTP/3 goes through UDP, which is not recorded",
        "switch HTTP/3 off for the recording, clients fall back to TCP"),
    /** A kind that a later recorder knows. */
    UNKNOWN("the recorder did not say why", "use a newer version of the analyzer");

    private final String reason;
    private final String advice;

    Cause(String reason, String advice) {
      this.reason = reason;
      this.advice = advice;
    }

    /** Returns a part of a sentence that says why. */
    public String reason() {
      return reason;
    }

    /** Returns what to do. */
    public String advice() {
      return advice;
    }

    /** Returns the name used in JSON. */
    public String jsonName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
