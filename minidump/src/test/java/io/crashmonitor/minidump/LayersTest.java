package io.crashmonitor.minidump;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "io.crashmonitor.minidump",
    importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {
  /** Whoever uses the library gets nothing but the JDK with it. */
  @ArchTest
  static final ArchRule NOTHING_NEEDS_MORE_THAN_THE_JDK =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java..", "io.crashmonitor.minidump..");

  @ArchTest
  static final ArchRule EACH_LAYER_KNOWS_ONLY_THOSE_BELOW =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("inspect")
          .definedBy("..inspect..")
          .layer("analysis")
          .definedBy("io.crashmonitor.minidump")
          .layer("unwind")
          .definedBy("..unwind..")
          .layer("clr")
          .definedBy("..clr..")
          .layer("pe")
          .definedBy("..pe..")
          .layer("reason")
          .definedBy("..reason..")
          .layer("process")
          .definedBy("..process..")
          .layer("report")
          .definedBy("..report..")
          .layer("reader")
          .definedBy("..reader..")
          .whereLayer("inspect")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("analysis")
          .mayOnlyBeAccessedByLayers("inspect")
          .whereLayer("unwind")
          .mayOnlyBeAccessedByLayers("analysis")
          .whereLayer("clr")
          .mayOnlyBeAccessedByLayers("analysis", "unwind")
          .whereLayer("pe")
          .mayOnlyBeAccessedByLayers("analysis", "unwind", "clr")
          .whereLayer("reason")
          .mayOnlyBeAccessedByLayers("analysis")
          .whereLayer("process")
          .mayOnlyBeAccessedByLayers("analysis")
          .whereLayer("report")
          .mayOnlyBeAccessedByLayers("inspect", "analysis", "clr");
}
