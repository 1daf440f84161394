// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Takes entries out of a jar: native libraries that stand beside it, or are of other systems.
 *
 * <p>A jar without such entries is left alone, so a second run changes nothing.
 *
 * <p>Usage: {@code java LeaveOut.java JAR PREFIX}
 */
final class LeaveOut {
  private LeaveOut() {}

  public static void main(String[] args) throws IOException {
    Path jar = Path.of(args[0]);
    String prefix = args[1];
    Path partial = Path.of(args[0] + ".partial");
    try (JarFile source = new JarFile(jar.toFile())) {
      if (source.stream().noneMatch(entry -> entry.getName().startsWith(prefix))) {
        return;
      }
      try (OutputStream file = Files.newOutputStream(partial);
          ZipOutputStream target = new ZipOutputStream(file)) {
        for (var entries = source.entries(); entries.hasMoreElements(); ) {
          ZipEntry entry = entries.nextElement();
          if (entry.getName().startsWith(prefix)) {
            continue;
          }
          ZipEntry copy = new ZipEntry(entry.getName());
          copy.setTime(entry.getTime());
          target.putNextEntry(copy);
          try (InputStream in = source.getInputStream(entry)) {
            in.transferTo(target);
          }
          target.closeEntry();
        }
      }
    }
    Files.move(partial, jar, StandardCopyOption.REPLACE_EXISTING);
  }
}
