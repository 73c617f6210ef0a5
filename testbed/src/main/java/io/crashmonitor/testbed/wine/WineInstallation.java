package io.crashmonitor.testbed.wine;

import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.controlplane.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a prefix is made of.
 *
 * @param wine Wine's loader for 64-bit programs
 * @param template a prefix made by {@code testbed/wine-template.sh}; only read
 * @param system32Bit what 32-bit programs see as their {@code C:\windows\system32}, where they can
 *     be run
 */
public record WineInstallation(Path wine, Path template, Optional<Path> system32Bit) {

  public WineInstallation {
    if (!Files.isRegularFile(template.resolve("drive_c/windows/system32/CExecSvc.exe"))) {
      throw new IllegalStateException(
          "The Wine template %s lacks the runner CExecSvc.exe. Run: testbed/provision.sh wine"
              .formatted(template));
    }
  }

  /**
   * What {@code testbed/provision.sh} found.
   *
   * @throws IllegalStateException naming the command that brings what is missing
   */
  public static WineInstallation from(Provisioned tools) {
    return new WineInstallation(
        tools.path(Tool.WINE), tools.path(Tool.WINE_TEMPLATE), Optional.empty());
  }

  /**
   * The one that runs 32-bit programs, too: a few libraries of C are all that it has for them.
   *
   * @throws IllegalStateException naming the command that brings what is missing
   */
  public static WineInstallation with32Bit(Provisioned tools) {
    Path loaders = tools.path(Tool.WINE32).resolve("usr/lib/wine");
    return new WineInstallation(
        loaders.resolve("wine64"),
        tools.path(Tool.WINE_TEMPLATE),
        Optional.of(loaders.resolve("syswow64")));
  }
}
