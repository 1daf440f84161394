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
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

/**
 * Rewrites the classes of a jar from class file version 49 (Java 5) to 52 (Java 8): code unchanged,
 * verification frames added.
 *
 * <p>Class data sharing on Java 17 leaves out classes older than version 50, and those are verified
 * by the slow inferring verifier (JVMS 4.10). A jar without such classes is left alone, so a second
 * run changes nothing.
 *
 * <p>Usage: {@code java -cp ASM:JAR ModernizeClasses.java JAR}; the jar itself is on the class
 * path, because frames need the common parents of its classes.
 */
final class ModernizeClasses {
  private ModernizeClasses() {}

  public static void main(String[] args) throws IOException {
    Path jar = Path.of(args[0]);
    Path partial = Path.of(args[0] + ".partial");
    boolean changed = false;
    try (JarFile source = new JarFile(jar.toFile());
        OutputStream file = Files.newOutputStream(partial);
        ZipOutputStream target = new ZipOutputStream(file)) {
      for (var entries = source.entries(); entries.hasMoreElements(); ) {
        ZipEntry entry = entries.nextElement();
        byte[] content;
        try (InputStream in = source.getInputStream(entry)) {
          content = in.readAllBytes();
        }
        ZipEntry copy = new ZipEntry(entry.getName());
        copy.setTime(entry.getTime());
        target.putNextEntry(copy);
        boolean isClass =
            entry.getName().endsWith(".class") && !entry.getName().endsWith("module-info.class");
        byte[] modern = isClass ? modernize(content) : content;
        changed |= modern != content;
        target.write(modern);
        target.closeEntry();
      }
    }
    if (changed) {
      Files.move(partial, jar, StandardCopyOption.REPLACE_EXISTING);
    } else {
      Files.delete(partial);
    }
  }

  private static byte[] modernize(byte[] content) {
    ClassReader reader = new ClassReader(content);
    if (reader.readShort(6) >= Opcodes.V1_8) {
      return content;
    }
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_FRAMES);
    reader.accept(
        new ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public void visit(
              int version,
              int access,
              String name,
              String signature,
              String parent,
              String[] interfaces) {
            super.visit(Opcodes.V1_8, access, name, signature, parent, interfaces);
          }
        },
        ClassReader.SKIP_FRAMES);
    return writer.toByteArray();
  }
}
