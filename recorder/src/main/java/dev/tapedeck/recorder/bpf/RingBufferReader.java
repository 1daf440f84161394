// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf;

import com.kenai.jffi.MemoryIO;
import dev.tapedeck.recorder.bpf.internal.Errno;
import dev.tapedeck.recorder.bpf.internal.LibC;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a ring buffer map through its mapped pages; no native call for a record.
 *
 * <p><b>Lifecycle:</b> opened on a loaded object's map, closed before the object. After {@link
 * #close} nothing may be called but {@code close}.
 *
 * <p><b>Threads:</b> confined to one thread.
 *
 * <p><b>Limits:</b> rings of at most {@value #MAX_SIZE_BYTES} bytes, because the data is mapped
 * twice into one buffer.
 */
public final class RingBufferReader implements AutoCloseable {
  public static final int MAX_SIZE_BYTES = 512 << 20;

  private static final int COMMON_PAGE_BYTES = 4096;

  /** {@code struct epoll_event} is packed on x86-64 only ({@code sys/epoll.h}). */
  private static final int EPOLL_EVENT_BYTES = 16;

  private final LibraryHandle library;
  private final String name;
  private final int pageBytes;
  private final int sizeBytes;
  private final Pointer consumerPages;
  private final Pointer producerPages;
  private final Pointer epollEvent;
  private final int epollFd;
  private final RingCursor cursor;
  private final @Nullable ReaderState state;
  private boolean closed;

  private RingBufferReader(
      LibraryHandle library,
      String name,
      int sizeBytes,
      Pointer consumerPages,
      Pointer producerPages,
      @Nullable ReaderState state,
      int epollFd) {
    this.library = library;
    this.name = name;
    this.pageBytes = library.libc().getpagesize();
    this.sizeBytes = sizeBytes;
    this.consumerPages = consumerPages;
    this.producerPages = producerPages;
    this.epollFd = epollFd;
    this.state = state;
    this.epollEvent = library.allocate(EPOLL_EVENT_BYTES);
    this.cursor =
        new RingCursor(
            buffer(consumerPages.address(), Long.BYTES),
            buffer(producerPages.address(), Long.BYTES),
            buffer(producerPages.address() + pageBytes, 2 * sizeBytes),
            sizeBytes);
  }

  /** Returns the size of this host's pages, of which a ring has a whole number. */
  public static int pageBytes() {
    try {
      return LibraryHandle.load().libc().getpagesize();
    } catch (BpfException e) {
      return COMMON_PAGE_BYTES; // nothing can be opened without libraries, and that says why
    }
  }

  /**
   * Maps a ring buffer.
   *
   * @param map a loaded ring buffer map
   * @throws BpfException when the kernel refuses
   */
  public static RingBufferReader open(BpfMap map) throws BpfException {
    return open(map, (ReaderState) null);
  }

  /**
   * Maps a ring buffer whose reader tells the kernel side what it is doing.
   *
   * @param map a loaded ring buffer map
   * @param reader a loaded array map that can be mapped, of one 64-bit number: 1 while the reader
   *     needs no waking
   * @throws BpfException when the kernel refuses
   */
  public static RingBufferReader open(BpfMap map, BpfMap reader) throws BpfException {
    ReaderState state = ReaderState.map(LibraryHandle.load(), reader);
    try {
      return open(map, state);
    } catch (BpfException e) {
      state.close();
      throw e;
    }
  }

  private static RingBufferReader open(BpfMap map, @Nullable ReaderState state)
      throws BpfException {
    LibraryHandle library = LibraryHandle.load();
    int sizeBytes = map.maxEntries();
    if (sizeBytes <= 0 || sizeBytes > MAX_SIZE_BYTES) {
      throw new BpfException("ring " + map.name() + " has a size of " + sizeBytes + " bytes");
    }
    int fd = map.fd();
    int pageBytes = library.libc().getpagesize();
    // kernel/bpf/ringbuf.c, ringbuf_map_mmap_kern: page 0 may be mapped writable, the rest not.
    Pointer consumer = map(library, pageBytes, LibC.PROT_READ | LibC.PROT_WRITE, fd, 0, map.name());
    long producerBytes = pageBytes + 2L * sizeBytes;
    Pointer producer;
    try {
      producer = map(library, producerBytes, LibC.PROT_READ, fd, pageBytes, map.name());
    } catch (BpfException e) {
      library.libc().munmap(consumer, pageBytes);
      throw e;
    }
    try {
      return new RingBufferReader(
          library, map.name(), sizeBytes, consumer, producer, state, epoll(library, fd));
    } catch (BpfException e) {
      library.libc().munmap(producer, producerBytes);
      library.libc().munmap(consumer, pageBytes);
      throw e;
    }
  }

  static Pointer map(
      LibraryHandle library, long length, int protection, int fd, long offset, String name)
      throws BpfException {
    return library.checkPointer(
        library.libc().mmap(null, length, protection, LibC.MAP_SHARED, fd, offset),
        "map pages of " + name);
  }

  private static int epoll(LibraryHandle library, int fd) throws BpfException {
    int epollFd =
        library.checkResult(library.libc().epoll_create1(LibC.EPOLL_CLOEXEC), "create epoll");
    Pointer event = library.allocate(EPOLL_EVENT_BYTES);
    event.putInt(0, LibC.EPOLLIN | LibC.EPOLLET);
    try {
      library.checkResult(
          library.libc().epoll_ctl(epollFd, LibC.EPOLL_CTL_ADD, fd, event), "watch ring");
    } catch (BpfException e) {
      library.libc().close(epollFd);
      throw e;
    }
    return epollFd;
  }

  static ByteBuffer buffer(long address, int lengthBytes) {
    return MemoryIO.getInstance()
        .newDirectByteBuffer(address, lengthBytes)
        .order(ByteOrder.nativeOrder());
  }

  /**
   * Waits until at least so many bytes are unread, or the kernel side wakes.
   *
   * <p>Less is left to gather: a reader that comes for each record takes more of the host than one
   * that comes seldom.
   *
   * @param unreadBytes with as many, or more, it does not wait
   * @param timeoutMillis how long to wait at most; 0 returns at once
   * @return false when the time passed; records may be there all the same, because the kernel side
   *     wakes by amount
   * @throws BpfException when waiting fails
   */
  public boolean await(long unreadBytes, int timeoutMillis) throws BpfException {
    requireOpen();
    ReaderState told = state;
    if (told == null) {
      return awaitWaking(unreadBytes, timeoutMillis);
    }
    told.waits();
    try {
      return awaitWaking(unreadBytes, timeoutMillis);
    } finally {
      told.works();
    }
  }

  private boolean awaitWaking(long unreadBytes, int timeoutMillis) throws BpfException {
    if (cursor.unreadBytes() >= unreadBytes && !cursor.isHeldUp()) {
      return true;
    }
    int result = library.libc().epoll_wait(epollFd, epollEvent, 1, timeoutMillis);
    if (result < 0 && library.errno() == Errno.EINTR) {
      return false;
    }
    return library.checkResult(result, "wait for ring " + name) > 0;
  }

  /**
   * Hands out records until there are no more, or as many as asked.
   *
   * @return how many were handed out
   * @throws IOException from the handler; its record counts as consumed
   */
  public int drain(RingRecordHandler handler, int maxRecords) throws IOException {
    requireOpen();
    return cursor.drain(handler, maxRecords);
  }

  /**
   * Returns how many bytes have been read since the ring was made, with what records need besides.
   */
  public long readBytes() {
    requireOpen();
    return cursor.readBytes();
  }

  /** Returns how many bytes wait to be read. */
  public long unreadBytes() {
    requireOpen();
    return cursor.unreadBytes();
  }

  /** Returns the size of the ring in bytes. */
  public int sizeBytes() {
    return sizeBytes;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("ring=" + name + " state=closed");
    }
  }

  /** Unmaps the pages; calling it twice is safe. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      library.libc().close(epollFd);
      library.libc().munmap(producerPages, pageBytes + 2L * sizeBytes);
      library.libc().munmap(consumerPages, pageBytes);
      if (state != null) {
        state.close();
      }
    }
  }
}
