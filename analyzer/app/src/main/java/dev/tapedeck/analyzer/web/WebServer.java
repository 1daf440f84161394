// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.tapedeck.analyzer.listing.CaptureListing;
import dev.tapedeck.analyzer.listing.DamagedIndexException;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Serves the page.
 *
 * <p><b>Lifecycle:</b> {@link #start}, {@link #url}, {@link #close}. <b>Threads:</b> a few of its
 * own, which have ended soon after it was closed. <b>Ownership:</b> closes the listings.
 */
public final class WebServer implements Closeable {
  private static final Logger LOG = System.getLogger("dev.tapedeck.analyzer.web");

  /** The server reads heads on these: who opens a connection and says nothing holds one of them. */
  private static final int THREADS = 64;

  /** Questions that are answered at the same time: each may hold some MiB. */
  private static final int ANSWERING = 6;

  static {
    // Read once by the JDK's server. The head of a request has to be here by then, in seconds.
    if (System.getProperty("sun.net.httpserver.maxReqTime") == null) {
      System.setProperty("sun.net.httpserver.maxReqTime", "10");
    }
  }

  private final HttpServer server;
  private final ExecutorService threads;
  private final Semaphore answering = new Semaphore(ANSWERING);
  private final Guard guard;
  private final Catalog catalog;
  private final Api api;
  private final String hostName;

  private WebServer(HttpServer server, WebOptions options, List<CaptureListing> listings) {
    this.server = server;
    this.hostName = options.hostName();
    this.guard = new Guard(options.hostName());
    this.catalog = new Catalog(listings);
    this.api = new Api(catalog, options);
    AtomicInteger number = new AtomicInteger();
    this.threads =
        Executors.newFixedThreadPool(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "web-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Listens, and begins to build what lists are not there yet.
   *
   * @throws IOException when the address cannot be listened on
   */
  public static WebServer start(WebOptions options, List<CaptureListing> listings)
      throws IOException {
    WebServer web = new WebServer(HttpServer.create(options.listen(), 0), options, listings);
    web.server.setExecutor(web.threads);
    web.server.createContext("/", web::handle);
    web.server.start();
    web.catalog.build();
    return web;
  }

  /** Returns where the page is, with its token. */
  public String url() {
    return base() + guard.token() + "/";
  }

  private String base() {
    InetSocketAddress address = server.getAddress();
    String host = hostName.isEmpty() ? Guard.literal(address.getAddress()) : hostName;
    return "http://" + host + ":" + address.getPort() + "/";
  }

  /** Returns the address that it listens on. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  private void handle(HttpExchange exchange) throws IOException {
    Reply reply = new Reply(exchange);
    try {
      Guard.Verdict verdict =
          guard.judge(
              new Guard.Claim(
                  exchange.getRequestMethod(),
                  exchange.getRequestURI().getRawPath(),
                  exchange.getRequestHeaders().getOrDefault("Host", List.of()),
                  Optional.ofNullable(exchange.getRequestURI().getRawAuthority()).stream().toList(),
                  exchange.getRequestHeaders().getOrDefault("Origin", List.of()),
                  exchange.getRequestHeaders().getOrDefault("Sec-Fetch-Site", List.of()),
                  exchange.getLocalAddress()));
      switch (verdict.refusal()) {
        case 0 -> answer(exchange, verdict.path(), reply);
        case 405 -> {
          reply.header("Allow", "GET, HEAD");
          reply.problem(405, "read only");
        }
        case 421 -> reply.problem(421, "this server has another name");
        default -> reply.problem(403, "open the address that 'analyzer serve' printed");
      }
    } catch (BadRequestException e) {
      reply.problem(e.status(), String.valueOf(e.getMessage()));
    } catch (DamagedIndexException e) {
      reply.problem(
          500, "the index was damaged and has been removed: start 'analyzer serve' again");
    } catch (IOException e) {
      // Mostly a browser that went away. What it asked for may be secret: only the kind is told.
      LOG.log(Logger.Level.DEBUG, "request failed kind={0}", e.getClass().getSimpleName());
      failed(exchange, reply);
    } finally {
      exchange.close();
    }
  }

  private static void failed(HttpExchange exchange, Reply reply) throws IOException {
    if (exchange.getResponseCode() < 0) {
      reply.problem(500, "the capture could not be read: see 'analyzer doctor'");
    }
  }

  private void answer(HttpExchange exchange, String path, Reply reply) throws IOException {
    answering.acquireUninterruptibly();
    try {
      answerNow(exchange, path, reply);
    } finally {
      answering.release();
    }
  }

  private void answerNow(HttpExchange exchange, String path, Reply reply) throws IOException {
    String name = path.isEmpty() ? "index.html" : path;
    String type = PageFiles.type(name);
    if (type != null) {
      reply.bytes(200, type, PageFiles.read(name));
    } else if (!api.answer(name, Query.parse(exchange.getRequestURI().getRawQuery()), reply)) {
      reply.problem(404, "no such thing");
    }
  }

  @Override
  public void close() throws IOException {
    server.stop(0);
    threads.shutdownNow();
    api.close();
    catalog.close();
  }
}
