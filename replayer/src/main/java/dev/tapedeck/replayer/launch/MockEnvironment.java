// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.launch;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The variables by which a process finds the mock in place of its downstream services.
 *
 * @param proxyHost of the forward proxy
 * @param proxyPort of the forward proxy
 * @param caFile the PEM file of the certificate to trust
 * @param trustStore the same as a PKCS #12 file for the Java platform
 * @param trustStorePassword of that file
 * @param target {@code host:port} of the process itself, which is not asked through the proxy
 * @param origins URLs of recorded services by their names {@code host:port}
 */
public record MockEnvironment(
    String proxyHost,
    int proxyPort,
    String caFile,
    String trustStore,
    String trustStorePassword,
    String target,
    Map<String, String> origins) {
  private static final String PREFIX = "TAPEDECK_MOCK_";
  private static final Pattern PLACE = Pattern.compile("\\{([^{}]*)}");
  private static final String JAVA_OPTIONS = "JAVA_TOOL_OPTIONS";

  /** OpenSSL, Go and Python; curl; requests; AWS; gRPC; Node.js, which adds it to its own. */
  private static final List<String> CA_VARIABLES =
      List.of(
          "SSL_CERT_FILE",
          "CURL_CA_BUNDLE",
          "REQUESTS_CA_BUNDLE",
          "AWS_CA_BUNDLE",
          "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
          "NODE_EXTRA_CA_CERTS");

  public MockEnvironment {
    origins = Map.copyOf(origins);
  }

  /**
   * Returns the variables.
   *
   * @param inherited those of this process, some of which are added to
   */
  public Map<String, String> variables(Map<String, String> inherited) {
    Map<String, String> variables = new LinkedHashMap<>();
    String proxy = proxy();
    for (String name : List.of("HTTP_PROXY", "HTTPS_PROXY")) {
      variables.put(name, proxy);
      variables.put(name.toLowerCase(Locale.ROOT), proxy);
    }
    // Services on this host are mocked too, so that the usual exception for it must not stand.
    variables.put("NO_PROXY", target);
    variables.put("no_proxy", target);
    variables.put("NODE_USE_ENV_PROXY", "1");
    CA_VARIABLES.forEach(name -> variables.put(name, caFile));
    String before = inherited.getOrDefault(JAVA_OPTIONS, "");
    variables.put(JAVA_OPTIONS, (before + " " + javaOptions()).strip());
    variables.put(PREFIX + "PROXY", proxy);
    variables.put(PREFIX + "CA", caFile);
    origins.forEach((name, url) -> variables.put(variable(name), url));
    return variables;
  }

  private String proxy() {
    String host = proxyHost.indexOf(':') >= 0 ? "[" + proxyHost + "]" : proxyHost;
    return "http://" + host + ":" + proxyPort;
  }

  private String javaOptions() {
    StringBuilder options = new StringBuilder();
    for (String scheme : List.of("http", "https")) {
      options.append("-D").append(scheme).append(".proxyHost=").append(proxyHost).append(' ');
      options.append("-D").append(scheme).append(".proxyPort=").append(proxyPort).append(' ');
    }
    // Of both schemes; empty so that not even this host is left out.
    options.append("-Dhttp.nonProxyHosts= -Djavax.net.ssl.trustStore=").append(trustStore);
    options.append(" -Djavax.net.ssl.trustStoreType=PKCS12 -Djavax.net.ssl.trustStorePassword=");
    return options.append(trustStorePassword).toString();
  }

  /** Returns the name of a service's variable: {@code TAPEDECK_MOCK_PAY_EXAMPLE_443}. */
  public static String variable(String upstream) {
    return PREFIX + upstream.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]+", "_");
  }

  /**
   * Returns a value with {@code {host:port}} replaced by the service's URL, {@code {proxy}} and
   * {@code {ca}} by these.
   *
   * @throws IllegalArgumentException when braces hold something else
   */
  public String fill(String value) {
    Matcher matcher = PLACE.matcher(value);
    StringBuilder filled = new StringBuilder();
    while (matcher.find()) {
      String name = matcher.group(1);
      String text =
          switch (name) {
            case "proxy" -> proxy();
            case "ca" -> caFile;
            default -> origins.get(name.toLowerCase(Locale.ROOT));
          };
      if (text == null) {
        throw new IllegalArgumentException(
            "{" + name + "}: expected {proxy}, {ca}, or one of " + origins.keySet());
      }
      matcher.appendReplacement(filled, Matcher.quoteReplacement(text));
    }
    return matcher.appendTail(filled).toString();
  }
}
