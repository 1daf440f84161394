// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.junit5;

import java.io.IOException;
import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A running application that recorded requests are sent to.
 *
 * <p><b>Ownership:</b> the extension closes it, once, when its {@link TargetLifecycle} ends.
 */
public final class ReplayTarget implements AutoCloseable {
  private final URI url;
  private @Nullable AutoCloseable application;

  private ReplayTarget(URI url, @Nullable AutoCloseable application) {
    this.url = Objects.requireNonNull(url, "url");
    this.application = application;
  }

  /**
   * Returns the target of an application.
   *
   * @param url its origin, such as {@code http://127.0.0.1:8080}
   * @param application stops it, for example {@code () -> server.stop(0)}
   */
  public static ReplayTarget of(URI url, AutoCloseable application) {
    return new ReplayTarget(url, Objects.requireNonNull(application, "application"));
  }

  /**
   * Returns the target of an application that listens on a port of this host.
   *
   * @param application stops it
   */
  public static ReplayTarget ofPort(int port, AutoCloseable application) {
    return of(URI.create("http://127.0.0.1:" + port), application);
  }

  /** Returns one that somebody else started and stops. */
  static ReplayTarget borrowed(URI url) {
    return new ReplayTarget(url, null);
  }

  /** Returns the origin that requests are sent to. */
  public URI url() {
    return url;
  }

  /**
   * Stops the application; a second call does nothing.
   *
   * @throws IOException when it does not stop; the cause says why
   */
  @Override
  public void close() throws IOException {
    AutoCloseable running = application;
    application = null;
    if (running == null) {
      return;
    }
    try {
      running.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while stopping the target " + url, e);
    } catch (Exception e) {
      throw new IOException("stopping the target " + url, e);
    }
  }
}
