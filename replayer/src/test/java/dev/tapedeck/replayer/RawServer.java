// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ServerSocketFactory;

/**
 * A TCP server that writes down every byte of each connection and answers by a script.
 *
 * <p>It knows nothing of HTTP but where a request without body ends, so that what it logs is what
 * was sent.
 */
public final class RawServer implements AutoCloseable {
  private final ServerSocket listener;
  private final Behaviour behaviour;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "raw-server");
            thread.setDaemon(true);
            return thread;
          });
  private final List<ByteArrayOutputStream> logs = Collections.synchronizedList(new ArrayList<>());
  private final List<Socket> sockets = Collections.synchronizedList(new ArrayList<>());
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  /** What happens on one connection; the log holds what has come so far. */
  public interface Behaviour {
    void serve(Conversation conversation) throws IOException, InterruptedException;
  }

  public RawServer(Behaviour behaviour) throws IOException {
    this(ServerSocketFactory.getDefault(), behaviour);
  }

  public RawServer(ServerSocketFactory factory, Behaviour behaviour) throws IOException {
    this.behaviour = behaviour;
    listener = factory.createServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    threads.execute(this::acceptAll);
  }

  /** Answers every request with the same bytes, for ever. */
  public static Behaviour always(String answer) {
    return conversation -> {
      while (conversation.readRequest() != null) {
        conversation.write(answer);
      }
    };
  }

  private void acceptAll() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        sockets.add(socket);
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        logs.add(log);
        handOver(socket, log);
      } catch (IOException e) {
        if (!listener.isClosed()) {
          failure.compareAndSet(null, e);
        }
        return;
      }
    }
  }

  /** A server that a conversation of its own closes may have accepted one more meanwhile. */
  private void handOver(Socket socket, ByteArrayOutputStream log) throws IOException {
    try {
      threads.execute(() -> serve(socket, log));
    } catch (RejectedExecutionException e) {
      socket.close();
      if (!listener.isClosed()) {
        throw e;
      }
    }
  }

  private void serve(Socket socket, ByteArrayOutputStream log) {
    try (socket) {
      behaviour.serve(new Conversation(socket, log));
    } catch (IOException e) {
      // The client went away, which tests of the client are free to do.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      failure.compareAndSet(null, e);
    }
  }

  public InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Returns what each connection sent, in the order in which they were accepted. */
  public List<String> received() {
    List<String> texts = new ArrayList<>();
    synchronized (logs) {
      for (ByteArrayOutputStream log : logs) {
        texts.add(log.toString(StandardCharsets.ISO_8859_1));
      }
    }
    return texts;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    synchronized (sockets) {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    threads.shutdownNow();
    if (failure.get() != null) {
      throw new IllegalStateException("raw server failed", failure.get());
    }
  }

  /** One connection, seen from the server. */
  public static final class Conversation {
    private final Socket socket;
    private final ByteArrayOutputStream log;
    private final InputStream in;
    private final OutputStream out;

    Conversation(Socket socket, ByteArrayOutputStream log) throws IOException {
      this.socket = socket;
      this.log = log;
      this.in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
      this.out = socket.getOutputStream();
    }

    /** Returns the next head with its body, if it has a length; null at the end. */
    public String readRequest() throws IOException {
      StringBuilder request = new StringBuilder();
      while (request.indexOf("\r\n\r\n") < 0) {
        int next = read();
        if (next < 0) {
          return null;
        }
        request.append((char) next);
      }
      int at = request.toString().toLowerCase(Locale.ROOT).indexOf("content-length: ");
      if (at >= 0) {
        int end = request.indexOf("\r\n", at);
        int length = Integer.parseInt(request.substring(at + 16, end));
        for (int i = 0; i < length; i++) {
          request.append((char) read());
        }
      }
      return request.toString();
    }

    private int read() throws IOException {
      int next = in.read();
      if (next >= 0) {
        log.write(next);
      }
      return next;
    }

    /** Returns the next bytes; fewer at the end. */
    public String readBytes(int count) throws IOException {
      StringBuilder bytes = new StringBuilder();
      int next = 0;
      while (bytes.length() < count && next >= 0) {
        next = read();
        if (next >= 0) {
          bytes.append((char) next);
        }
      }
      return bytes.toString();
    }

    public void write(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }

    /** Ends the connection with a reset instead of an orderly close. */
    public void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }
}
