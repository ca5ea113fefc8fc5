/* Starts the date pickers and the choosers of Wagtail's admin wherever they appear, in place of inline scripts. */
(function () {
  const { Controller } = window.StimulusModule;
  const pickers = { date: "initDateChooser", time: "initTimeChooser", datetime: "initDateTimeChooser" };

  class OnceController extends Controller {
    connect() {
      if (this.element.dataset.started) return;
      this.element.dataset.started = "true";
      this.start();
    }
  }

  class PickerController extends OnceController {
    start() {
      window[pickers[this.kindValue]](this.element.querySelector("input").id, this.optionsValue);
    }
  }
  PickerController.values = { kind: String, options: Object };

  class ChooserController extends OnceController {
    start() {
      const starter = window[this.kindValue];
      if (this.kindValue.startsWith("create")) starter(this.inputValue);
      else new starter(this.inputValue, this.optionsValue);
    }
  }
  ChooserController.values = { kind: String, input: String, options: Object };

  window.wagtail.app.register("qs-picker", PickerController);
  window.wagtail.app.register("qs-chooser", ChooserController);
})();
