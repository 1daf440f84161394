// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format.internal.crypto;

import com.exceptionfactory.jagged.RecipientStanzaReader;
import com.exceptionfactory.jagged.RecipientStanzaWriter;
import com.exceptionfactory.jagged.framework.stream.StandardDecryptingChannelFactory;
import com.exceptionfactory.jagged.framework.stream.StandardEncryptingChannelFactory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A key of a capture, encrypted as a binary age file (age-encryption.org/v1). */
public final class AgeFile {
  /** Bytes of such a file at most; larger ones are damage. */
  public static final int MAX_BYTES = 1 << 16;

  private static final String STANZA = "-> ";
  private static final String HEADER_END = "---";
  private static final int MAX_TYPE_CHARACTERS = 32;

  private AgeFile() {}

  /** Returns the file in which any of the recipients finds the plaintext. */
  public static byte[] seal(byte[] plaintext, List<RecipientStanzaWriter> recipients)
      throws GeneralSecurityException {
    ByteArrayOutputStream sealed = new ByteArrayOutputStream();
    try (WritableByteChannel channel =
        new StandardEncryptingChannelFactory()
            .newEncryptingChannel(Channels.newChannel(sealed), recipients)) {
      channel.write(ByteBuffer.wrap(plaintext));
    } catch (IOException e) {
      throw new IllegalStateException("memory takes what is written to it", e);
    }
    return sealed.toByteArray();
  }

  /** Returns the plaintext, of this length; null when none of the identities opens the file. */
  public static byte @Nullable [] open(
      byte[] file, List<RecipientStanzaReader> identities, int plaintextBytes) {
    if (identities.isEmpty() || file.length > MAX_BYTES) {
      return null;
    }
    // One byte more than expected shows that there is more.
    ByteBuffer plaintext = ByteBuffer.allocate(plaintextBytes + 1);
    try (ReadableByteChannel channel =
        new StandardDecryptingChannelFactory()
            .newDecryptingChannel(
                Channels.newChannel(new ByteArrayInputStream(file)), identities)) {
      int count = 0;
      while (count >= 0 && plaintext.hasRemaining()) {
        count = channel.read(plaintext);
      }
    } catch (GeneralSecurityException | IOException e) {
      return null; // For somebody else, or damaged: nobody can tell which.
    } catch (IllegalArgumentException
        | IllegalStateException
        | java.nio.BufferUnderflowException e) {
      return null; // What the library throws at headers that are none.
    }
    if (plaintext.position() != plaintextBytes) {
      return null;
    }
    byte[] key = new byte[plaintextBytes];
    plaintext.flip().get(key);
    return key;
  }

  /**
   * Returns how many recipients of which type the file names, such as {@code X25519}; of a file
   * that is none, what looks like it.
   */
  public static SortedMap<String, Integer> recipients(byte[] file) {
    SortedMap<String, Integer> types = new TreeMap<>();
    int from = 0;
    while (from < file.length) {
      int end = from;
      while (end < file.length && file[end] != '\n') {
        end++;
      }
      String line = new String(file, from, end - from, StandardCharsets.ISO_8859_1);
      if (line.startsWith(HEADER_END)) {
        break;
      }
      if (line.startsWith(STANZA)) {
        String type = line.substring(STANZA.length()).split(" ", 2)[0];
        if (isPrintable(type)) {
          types.merge(type, 1, Integer::sum);
        }
      }
      from = end + 1;
    }
    return types;
  }

  private static boolean isPrintable(String type) {
    return !type.isEmpty()
        && type.length() <= MAX_TYPE_CHARACTERS
        && type.chars().allMatch(c -> c > ' ' && c < 0x7F);
  }
}
