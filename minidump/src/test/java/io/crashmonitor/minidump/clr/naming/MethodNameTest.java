package io.crashmonitor.minidump.clr.naming;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MethodNameTest {
  @ParameterizedTest(name = "{0} :: {1} reads {2}")
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "Shop.Order ; Place ; Shop.Order.Place",
        "Shop.Outer+Inner ; Run ; Shop.Outer.Inner.Run",
        "Shop.Worker`1 ; Run ; Shop.Worker`1.Run",
        "Shop.Order ; .ctor ; Shop.Order..ctor",
        "Shop.Order+<PlaceAsync>d__3 ; MoveNext ; Shop.Order.PlaceAsync",
        "Shop.Order+<PlaceAsync>d__3`1 ; MoveNext ; Shop.Order.PlaceAsync",
        "Shop.Order+<PlaceAsync>c__async0 ; MoveNext ; Shop.Order.PlaceAsync",
        "Shop.Order+<Items>c__Iterator1 ; MoveNext ; Shop.Order.Items",
        "Shop.Order+<PlaceAsync>d__3 ; SetStateMachine ; Shop.Order.<PlaceAsync>d__3.SetStateMachine",
        "Shop.Program+<>c ; <Main>b__0_0 ; Shop.Program.Main.lambda",
        "Shop.Program+<>c__DisplayClass2_0 ; <Main>b__1 ; Shop.Program.Main.lambda",
        "Shop.Program+<Main>c__AnonStorey0 ; <>m__0 ; Shop.Program.Main.lambda",
        "Shop.Program ; <Main>m__0 ; Shop.Program.Main.lambda",
        "Shop.Program ; <Main>g__Check|0_1 ; Shop.Program.Main.Check",
        "Shop.Program+<>c__DisplayClass0_0+<<Main>b__0>d ; MoveNext ; Shop.Program.Main.lambda",
        "Shop.Program+<<Main>g__Load|0_0>d ; MoveNext ; Shop.Program.Main.Load",
        "Program ; <Main>$ ; Program.Main",
        "Shop.Plain ; MoveNext ; Shop.Plain.MoveNext",
        "<Module> ; Main ; <Module>.Main"
      })
  void compilers_names_become_the_sources(String type, String method, String readable) {
    assertThat(MethodName.readable(type, method)).isEqualTo(readable);
  }
}
