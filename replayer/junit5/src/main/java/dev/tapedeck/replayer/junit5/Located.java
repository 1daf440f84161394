// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.junit5;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the files that a test names, on the class path or in the file system. What lies in a jar is
 * copied to a temporary file that only this user can read.
 *
 * <p><b>Threads:</b> confined to one. <b>Ownership:</b> {@link #close} deletes the copies.
 */
final class Located implements AutoCloseable {
  private final Class<?> testClass;
  private final List<Path> copies = new ArrayList<>();

  Located(Class<?> testClass) {
    this.testClass = testClass;
  }

  /**
   * Returns the file of that name.
   *
   * @throws NoSuchFileException when there is none; the message says where it was looked for
   */
  Path find(String name) throws IOException {
    URL resource = resource(name);
    if (resource != null) {
      return resource.getProtocol().equals("file") ? path(resource) : copy(name, resource);
    }
    Path file = Path.of(name);
    if (!Files.isRegularFile(file)) {
      throw new NoSuchFileException(
          name,
          null,
          "neither a resource beside "
              + testClass.getName()
              + " or at the root of the class path, nor a file of "
              + Path.of("").toAbsolutePath());
    }
    return file;
  }

  List<Path> findAll(String[] names) throws IOException {
    List<Path> found = new ArrayList<>();
    for (String name : names) {
      found.add(find(name));
    }
    return found;
  }

  private @Nullable URL resource(String name) {
    if (name.isEmpty()) {
      return null;
    }
    URL beside = testClass.getResource(name);
    return beside == null && !name.startsWith("/") ? testClass.getResource("/" + name) : beside;
  }

  private static Path path(URL resource) throws IOException {
    try {
      return Path.of(resource.toURI());
    } catch (URISyntaxException e) {
      throw new IOException("no path: " + resource, e);
    }
  }

  private Path copy(String name, URL resource) throws IOException {
    String last = name.substring(name.lastIndexOf('/') + 1);
    // Files of this method are readable by their owner only.
    Path copy = Files.createTempFile("tapedeck-", "-" + last);
    copies.add(copy);
    try (InputStream in = resource.openStream()) {
      Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
    }
    return copy;
  }

  @Override
  public void close() throws IOException {
    for (Path copy : copies) {
      Files.deleteIfExists(copy);
    }
    copies.clear();
  }
}
