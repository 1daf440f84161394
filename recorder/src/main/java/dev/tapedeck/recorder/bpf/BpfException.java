// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf;

import dev.tapedeck.recorder.bpf.internal.Errno;

/**
 * A call to libbpf or to the kernel's BPF facilities failed.
 *
 * <p>The message is one line: operation, object, error name. The verifier's or libbpf's own words
 * are in {@link #log()}.
 */
public class BpfException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int errno;
  private final String log;

  /**
   * A failure with an error number.
   *
   * @param operation what was tried, with the object's name
   * @param errno positive error number
   * @param log what libbpf said; may be empty
   */
  public BpfException(String operation, int errno, String log) {
    super(operation + ": " + Errno.name(errno));
    this.errno = errno;
    this.log = log;
  }

  /** A failure without an error number. */
  public BpfException(String message) {
    super(message);
    this.errno = 0;
    this.log = "";
  }

  /** A failure with the exception that caused it. */
  public BpfException(String message, Throwable cause) {
    super(message, cause);
    this.errno = 0;
    this.log = "";
  }

  /** Returns the positive error number; 0 when there is none. */
  public int errno() {
    return errno;
  }

  /** Returns whether the kernel refused for want of privilege. */
  public boolean isPermissionDenied() {
    return errno == Errno.EPERM || errno == Errno.EACCES;
  }

  /** Returns what libbpf and the kernel's verifier said, many lines; may be empty. */
  public String log() {
    return log;
  }
}
