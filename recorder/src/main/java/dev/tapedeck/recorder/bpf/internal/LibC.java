// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf.internal;

import jnr.ffi.Pointer;
import jnr.ffi.types.off_t;
import jnr.ffi.types.size_t;
import jnr.ffi.types.u_int32_t;
import org.jspecify.annotations.Nullable;

/** The few functions of the C library that the recorder needs beside the JDK, with C names. */
public interface LibC {
  /** {@code PROT_READ} of {@code bits/mman-linux.h}. */
  int PROT_READ = 1;

  /** {@code PROT_WRITE}. */
  int PROT_WRITE = 2;

  /** {@code MAP_SHARED}. */
  int MAP_SHARED = 1;

  /** {@code EPOLL_CTL_ADD} of {@code sys/epoll.h}. */
  int EPOLL_CTL_ADD = 1;

  /** {@code EPOLLIN}. */
  int EPOLLIN = 1;

  /** {@code EPOLLET}: told once for each waking. */
  int EPOLLET = 1 << 31;

  /** {@code EPOLL_CLOEXEC}. */
  int EPOLL_CLOEXEC = 0x80000;

  /** {@code SIGCONT} of {@code signal.h}. */
  int SIGCONT = 18;

  /** {@code CLOCK_MONOTONIC} of {@code time.h}. */
  int CLOCK_MONOTONIC = 1;

  /** {@code CLOCK_REALTIME}. */
  int CLOCK_REALTIME = 0;

  /** {@code CLOCK_BOOTTIME}. */
  int CLOCK_BOOTTIME = 7;

  /** {@code CLOCK_PROCESS_CPUTIME_ID}. */
  int CLOCK_PROCESS_CPUTIME_ID = 2;

  /** Returns −1 ({@code MAP_FAILED}) on error, as an address. */
  @Nullable Pointer mmap(
      @Nullable Pointer address,
      @size_t long length,
      int protection,
      int flags,
      int fd,
      @off_t long offset);

  int munmap(Pointer address, @size_t long length);

  /** {@code O_PATH} of {@code asm-generic/fcntl.h}. */
  int O_PATH = 0x200000;

  /** {@code O_CLOEXEC}. */
  int O_CLOEXEC = 0x80000;

  int open(String path, int flags);

  int close(int fd);

  long read(int fd, Pointer buffer, @size_t long length);

  /** {@code MFD_CLOEXEC} of {@code linux/memfd.h}. */
  int MFD_CLOEXEC = 1;

  int memfd_create(String name, @u_int32_t int flags);

  int epoll_create1(int flags);

  int epoll_ctl(int epollFd, int operation, int fd, Pointer event);

  int epoll_wait(int epollFd, Pointer events, int maxEvents, int timeoutMillis);

  int clock_gettime(int clock, Pointer timespec);

  int kill(int pid, int signal);

  int getpagesize();

  /**
   * {@code syscall(2)}, for calls that the C library does not wrap.
   *
   * @param sixth 0: of a function with six integer parameters the stubs that jnr-ffi makes pass
   *     garbage as the last one, so there is one more
   */
  long syscall(
      long number, long first, long second, long third, long fourth, long fifth, long sixth);

  int vsnprintf(Pointer buffer, @size_t long size, Pointer format, Pointer arguments);
}
