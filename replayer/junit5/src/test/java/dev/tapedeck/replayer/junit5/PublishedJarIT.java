// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.junit5;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tapedeck.replayer.certificate.CertificateAuthority;
import dev.tapedeck.replayer.certificate.IssuedCertificate;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** What users put on their class paths. */
final class PublishedJarIT {
  private static final long MAX_BYTES = 15_000_000;
  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final Path REPOSITORY = Path.of(System.getProperty("repository"));
  private static final Path JARS = Path.of(System.getProperty("conflicts"));

  /** What is no class: the format's schema, services, and resources that libraries read. */
  private static final Set<String> RESOURCES =
      Set.of(
          "META-INF/LICENSE",
          "META-INF/MANIFEST.MF",
          "META-INF/THIRD-PARTY-NOTICES",
          "META-INF/services/dev.tapedeck.shaded.jackson.core.TokenStreamFactory",
          "META-INF/services/dev.tapedeck.shaded.jackson.databind.ObjectMapper",
          "tapedeck/capture.proto");

  private static Path jar() throws IOException {
    try (Stream<Path> files = Files.walk(REPOSITORY)) {
      List<Path> jars = files.filter(file -> file.toString().endsWith(".jar")).toList();
      assertThat(jars).hasSize(1);
      return jars.get(0);
    }
  }

  @Test
  void jars_ofOurs_takeNoMoreThan15Megabytes() throws IOException {
    assertThat(Files.size(jar())).isBetween(1_000_000L, MAX_BYTES);
  }

  /** Apache License, section 4; BSD and MIT ask for their own texts. */
  @Test
  void jar_licences_areThereForAllThatIsInIt() throws IOException {
    try (JarFile jar = new JarFile(jar().toFile())) {
      String licence = text(jar, "META-INF/LICENSE");
      String notices = text(jar, "META-INF/THIRD-PARTY-NOTICES");
      assertThat(licence).contains("Apache License", "Version 2.0", "4. Redistribution");
      assertThat(notices)
          .contains("Netty", "Jackson", "Commons Compress", "SnakeYAML Engine", "Jagged")
          .contains("HdrHistogram", "Protocol Buffers", "RE2/J", "Brotli")
          .contains("Redistribution and use in source and binary forms", "Permission is hereby");
    }
  }

  private static String text(JarFile jar, String name) throws IOException {
    try (InputStream in = jar.getInputStream(jar.getEntry(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void jar_classes_areOursOrRelocated() throws IOException {
    Set<String> foreign = new TreeSet<>();
    Set<String> packages = new TreeSet<>();
    try (JarFile jar = new JarFile(jar().toFile())) {
      jar.stream()
          .filter(entry -> !entry.isDirectory())
          .forEach(
              entry -> {
                String name = entry.getName();
                if (name.startsWith("dev/tapedeck/")) {
                  packages.add(name.substring(0, name.lastIndexOf('/')));
                } else if (!RESOURCES.contains(name)) {
                  foreign.add(name);
                }
              });
    }
    assertThat(foreign).isEmpty();
    assertThat(packages)
        .contains("dev/tapedeck/replayer", "dev/tapedeck/replayer/junit5")
        .noneMatch(name -> name.matches("dev/tapedeck/(recorder|analyzer/(cli|sql|web)).*"))
        .doesNotContain("dev/tapedeck/replayer/cli");
    assertThat(packages.stream().map(name -> name.split("/")).filter(PublishedJarIT::isShaded))
        .extracting(parts -> parts[3])
        .containsOnly(
            "HdrHistogram",
            "brotli",
            "commons",
            "fasterxml",
            "jackson",
            "jagged",
            "netty",
            "protobuf",
            "re2j",
            "snakeyaml");
  }

  private static boolean isShaded(String[] parts) {
    return parts[2].equals("shaded");
  }

  /** zstd-jni cannot be relocated, JSpecify is annotations; JUnit is the user's. */
  @Test
  void pom_dependencies_areTheListedExceptions() throws Exception {
    Path pom = Path.of(jar().toString().replaceAll("jar$", "pom"));
    NodeList all =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(pom.toFile())
            .getElementsByTagName("dependency");
    List<String> given = new ArrayList<>();
    for (int i = 0; i < all.getLength(); i++) {
      Element one = (Element) all.item(i);
      String scope = text(one, "scope");
      if (scope.equals("compile") || scope.equals("runtime")) {
        given.add(text(one, "groupId") + ":" + text(one, "artifactId"));
      }
    }
    assertThat(given)
        .containsExactlyInAnyOrder("com.github.luben:zstd-jni", "org.jspecify:jspecify");
  }

  private static String text(Element parent, String name) {
    NodeList found = parent.getElementsByTagName(name);
    return found.getLength() == 0 ? "compile" : found.item(0).getTextContent();
  }

  /**
   * The libraries of others come first on the class path, in versions that ours would not run with;
   * or they are not there at all.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void replay_besideOtherVersionsOfTheSameLibraries_works(boolean conflicts) throws Exception {
    Path capture = OrderTape.write();
    try (URLClassLoader loader = loader(conflicts);
        OrderServer server = OrderServer.start("13.5", 88, "jar-00ffee11-")) {
      if (conflicts) {
        for (String theirs :
            List.of(
                "com.google.protobuf.CodedInputStream",
                "io.netty.buffer.Unpooled",
                "tools.jackson.databind.ObjectMapper",
                "com.github.luben.zstd.Zstd")) {
          assertThat(source(loader.loadClass(theirs)))
              .startsWith(JARS.resolve("theirs").toString());
        }
      }
      assertThat(ofLoader(loader, capture, server.url().toString()))
          .startsWith("orders.tape: 2 differences in 2 of 7 answers");
    }
  }

  /** With the JDK's TLS: an authority of one's own, and a certificate for the client. */
  @Test
  void replay_overTlsWithClientCertificate_trustsAndIsTrusted(@TempDir Path folder)
      throws Exception {
    Path capture = OrderTape.write();
    CertificateAuthority authority = CertificateAuthority.create(Clock.systemUTC());
    Path ca = Files.writeString(folder.resolve("ca.pem"), authority.pem());
    KeyStore client = clientKeys(folder.resolve("client.p12"));
    Certificate certificate = client.getCertificate("client");
    Path chain =
        Files.writeString(
            folder.resolve("client.pem"), pem("CERTIFICATE", certificate.getEncoded()));
    Path key =
        Files.writeString(
            folder.resolve("client.key"),
            pem("PRIVATE KEY", client.getKey("client", PASSWORD).getEncoded()));
    try (URLClassLoader loader = loader(true);
        OrderServer server =
            OrderServer.startTls("13.5", 88, "jar-00ffee11-", serverTls(authority, certificate))) {
      Object trusting = replay(loader, capture);
      set(trusting, "certificateAuthorities", ca);
      assertThat(message(trusting, server.url().toString())).contains("without an answer");
      set(trusting, "clientCertificate", chain, key);
      assertThat(message(trusting, server.url().toString()))
          .startsWith("orders.tape: 2 differences in 2 of 7 answers");
    }
  }

  /** Returns the key of a client, with a certificate that it signed itself. */
  private static KeyStore clientKeys(Path file) throws Exception {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "client",
                "-dname",
                "CN=client.example",
                "-keyalg",
                "EC",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(keytool.waitFor()).isZero();
    return KeyStore.getInstance(file.toFile(), PASSWORD);
  }

  private static SSLContext serverTls(CertificateAuthority authority, Certificate client)
      throws Exception {
    IssuedCertificate own = authority.issue(List.of("127.0.0.1"));
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry("own", own.key(), new char[0], own.chain().toArray(new Certificate[0]));
    KeyManagerFactory keyManagers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keyManagers.init(keys, new char[0]);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("client", client);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keyManagers.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static String pem(String what, byte[] der) {
    return "-----BEGIN "
        + what
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + what
        + "-----\n";
  }

  /** The coding "compress" is read by a part of a library that is otherwise left out. */
  @Test
  void content_codedWithCompress_isRead() throws Exception {
    try (URLClassLoader loader = loader(false)) {
      byte[] coded = HexFormat.of().parseHex("1f9d9061c48c01");
      Object in =
          loader
              .loadClass(
                  "dev.tapedeck.shaded.commons.compress.compressors.z.ZCompressorInputStream")
              .getConstructor(InputStream.class)
              .newInstance(new ByteArrayInputStream(coded));
      assertThat(((InputStream) in).readAllBytes()).asString().isEqualTo("abc");
    }
  }

  private static String source(Class<?> type) {
    return type.getProtectionDomain().getCodeSource().getLocation().getPath();
  }

  /** Calls {@code ReplayTest.of(capture).allowUnsafe(true).run(url).message()} of the jar. */
  private static String ofLoader(ClassLoader loader, Path capture, String url) throws Exception {
    return message(replay(loader, capture), url);
  }

  private static Object replay(ClassLoader loader, Path capture) throws Exception {
    Class<?> test = loader.loadClass("dev.tapedeck.replayer.ReplayTest");
    Object replay = test.getMethod("of", List.class).invoke(null, List.of(capture));
    test.getMethod("allowUnsafe", boolean.class).invoke(replay, true);
    return replay;
  }

  private static void set(Object replay, String name, Path... files) throws Exception {
    Class<?>[] types = new Class<?>[files.length];
    Arrays.fill(types, Path.class);
    replay.getClass().getMethod(name, types).invoke(replay, (Object[]) files);
  }

  private static String message(Object replay, String url) throws Exception {
    Object outcome = replay.getClass().getMethod("run", String.class).invoke(replay, url);
    return (String) outcome.getClass().getMethod("message").invoke(outcome);
  }

  /** Nothing of this test's own class path is seen. */
  private static URLClassLoader loader(boolean conflicts) throws IOException {
    List<Path> path = new ArrayList<>();
    path.addAll(jarsOf(JARS.resolve(conflicts ? "theirs" : "ours")));
    path.add(jar());
    return new URLClassLoader(
        path.stream().map(PublishedJarIT::url).toArray(URL[]::new),
        ClassLoader.getPlatformClassLoader());
  }

  private static List<Path> jarsOf(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> jars = files.sorted().toList();
      assertThat(jars).isNotEmpty();
      return jars;
    }
  }

  private static URL url(Path jar) {
    try {
      File file = jar.toFile();
      return file.toURI().toURL();
    } catch (java.net.MalformedURLException e) {
      throw new IllegalStateException(e);
    }
  }
}
