// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.replayer.result.FailureReason;
import io.netty.channel.ConnectTimeoutException;
import java.io.IOException;
import java.net.ConnectException;

/** Names what went wrong on a connection. */
final class WireFailures {
  private WireFailures() {}

  static FailureReason ofConnecting(Throwable cause) {
    if (cause instanceof ConnectTimeoutException) {
      return FailureReason.CONNECT_TIMEOUT;
    }
    return cause instanceof ConnectException
        ? FailureReason.CONNECT_REFUSED
        : FailureReason.CONNECT_FAILED;
  }

  static FailureReason ofMoving(IOException failure) {
    String message = failure.getMessage() == null ? "" : failure.getMessage();
    return message.contains("reset") || message.contains("Broken pipe")
        ? FailureReason.RESET
        : FailureReason.IO_ERROR;
  }
}
