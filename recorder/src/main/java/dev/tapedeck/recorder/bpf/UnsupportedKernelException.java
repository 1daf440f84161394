// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf;

/** The running kernel lacks something that the recorder cannot do without. */
public final class UnsupportedKernelException extends BpfException {
  private static final long serialVersionUID = 1L;

  /**
   * A missing feature.
   *
   * @param message what is missing, since which version it exists, and what to do
   */
  public UnsupportedKernelException(String message) {
    super(message);
  }
}
