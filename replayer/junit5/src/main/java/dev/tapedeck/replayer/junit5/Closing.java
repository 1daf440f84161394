// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.junit5;

import java.io.Closeable;
import java.io.IOException;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Something that JUnit closes at the end of a context: versions before 5.13 know only their own
 * interface, later ones {@code AutoCloseable} too, so that it may be closed twice.
 */
@SuppressWarnings("deprecation") // The old interface is what the older versions look for.
final class Closing implements ExtensionContext.Store.CloseableResource, AutoCloseable {
  private final Closeable resource;

  Closing(Closeable resource) {
    this.resource = resource;
  }

  @Override
  public void close() throws IOException {
    resource.close();
  }
}
