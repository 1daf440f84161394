// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import com.exceptionfactory.jagged.RecipientStanzaReader;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaReaderFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Secret keys that open encrypted captures, from the files that {@code age-keygen} writes: one key
 * a line, comments after {@code #}, empty lines.
 *
 * <p><b>Threads:</b> immutable; may be shared by readers.
 *
 * <p><b>Errors:</b> messages name file and line and never hold a key.
 */
public final class Identities {
  private static final Identities NONE = new Identities(List.of(), List.of());
  private static final int MAX_FILE_BYTES = 1 << 20;
  private static final int MAX_KEYS = 1024;
  private static final String KEY_PREFIX = "AGE-SECRET-KEY-1";

  private final List<RecipientStanzaReader> readers;
  private final List<String> names;

  private Identities(List<RecipientStanzaReader> readers, List<String> names) {
    this.readers = List.copyOf(readers);
    this.names = List.copyOf(names);
  }

  /** Returns no key. */
  public static Identities none() {
    return NONE;
  }

  /**
   * Reads key files.
   *
   * @throws IOException when one cannot be read, has no key in it, or has a line that is no key
   */
  public static Identities read(List<Path> keyFiles) throws IOException {
    List<RecipientStanzaReader> readers = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Path file : keyFiles) {
      Identities identities = parse(contentOf(file), file.toString());
      readers.addAll(identities.readers);
      names.addAll(identities.names);
    }
    return new Identities(readers, names);
  }

  private static String contentOf(Path file) throws IOException {
    byte[] content;
    try (InputStream input = Files.newInputStream(file)) {
      content = input.readNBytes(MAX_FILE_BYTES + 1);
    } catch (NoSuchFileException e) {
      throw new IOException(file + ": key file does not exist", e);
    } catch (AccessDeniedException e) {
      throw new IOException(file + ": key file cannot be read: permission denied", e);
    } catch (IOException e) {
      throw new IOException(file + ": key file cannot be read: " + e.getMessage(), e);
    }
    if (content.length > MAX_FILE_BYTES) {
      throw new IOException(
          file + ": is no key file: it has more than " + MAX_FILE_BYTES + " bytes");
    }
    String text = new String(content, StandardCharsets.UTF_8);
    Arrays.fill(content, (byte) 0);
    return text;
  }

  /**
   * Reads the content of a key file.
   *
   * @param name for messages
   * @throws IOException when there is no key in it, or a line that is no key
   */
  public static Identities parse(String keyFile, String name) throws IOException {
    List<RecipientStanzaReader> readers = new ArrayList<>();
    int number = 0;
    for (String whole : keyFile.lines().toList()) {
      number++;
      String line = whole.strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      readers.add(readerOf(line, name + ": line " + number));
      if (readers.size() > MAX_KEYS) {
        throw new IOException(name + ": has more than " + MAX_KEYS + " keys");
      }
    }
    if (readers.isEmpty()) {
      throw new IOException(name + ": has no key in it; age-keygen makes one");
    }
    return new Identities(readers, List.of(name));
  }

  private static RecipientStanzaReader readerOf(String line, String where) throws IOException {
    if (line.startsWith("age-encryption.org/") || line.startsWith("-----BEGIN AGE")) {
      throw new IOException(where + ": the key file is itself encrypted: age --decrypt it first");
    }
    if (!line.startsWith(KEY_PREFIX)) {
      throw new IOException(
          where
              + ": is no secret key of age-keygen (AGE-SECRET-KEY-1...), other kinds cannot be used");
    }
    try {
      return X25519RecipientStanzaReaderFactory.newRecipientStanzaReader(line);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      // The cause is left out: its message may hold characters of the key.
      throw new IOException(where + ": the secret key is damaged: a character is wrong or missing");
    }
  }

  /** Returns true when there is no key. */
  public boolean isEmpty() {
    return readers.isEmpty();
  }

  List<RecipientStanzaReader> readers() {
    return readers;
  }

  /** Returns where the keys come from, for messages. */
  List<String> names() {
    return names;
  }

  /** Returns how many keys there are, and no secret. */
  @Override
  public String toString() {
    return "Identities[keys=" + readers.size() + "]";
  }
}
