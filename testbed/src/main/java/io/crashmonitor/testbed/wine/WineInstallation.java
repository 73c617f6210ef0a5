package io.crashmonitor.testbed.wine;

import io.crashmonitor.testbed.controlplane.Provisioned;
import io.crashmonitor.testbed.controlplane.Tool;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a prefix is made of.
 *
 * @param wine Wine's loader for 64-bit programs
 * @param template a prefix made by {@code testbed/wine-template.sh}; only read
 */
public record WineInstallation(Path wine, Path template) {

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
    return new WineInstallation(tools.path(Tool.WINE), tools.path(Tool.WINE_TEMPLATE));
  }
}
