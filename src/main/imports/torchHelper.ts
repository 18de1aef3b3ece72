/**
 * Python source of the helper that writes a PyTorch model as ONNX by PyTorch's own exporter. Norms stay apart from convolutions, so
 * that they can go on learning.
 */
export const torchHelper = `"""Writes a PyTorch model as ONNX by PyTorch's own exporter, for Skipwire.

    python export_model.py SOURCE OUTPUT [--input 3x224x224] [--weights FILE] [--pretrained]

SOURCE is torchvision:NAME, timm:NAME, a file that torch.load, torch.jit.load or torch.export.load reads, or FILE.py:NAME for
a class or a function without arguments.
"""

import argparse
import importlib.util
import pathlib
import sys

print("Loading PyTorch", flush=True)
import torch


def load(source, pretrained):
    """The model, and the shape of its input where it says so itself."""
    library, _, name = source.partition(":")
    if library == "torchvision":
        import torchvision

        return torchvision.models.get_model(name, weights="DEFAULT" if pretrained else None), None
    if library == "timm":
        import timm

        model = timm.create_model(name, pretrained=pretrained)
        return model, model.default_cfg.get("input_size")
    file, colon, name = source.rpartition(":")
    if colon and file.endswith(".py"):
        sys.path.insert(0, str(pathlib.Path(file).resolve().parent))
        spec = importlib.util.spec_from_file_location(pathlib.Path(file).stem, file)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return getattr(module, name)(), None
    if source.endswith(".pt2"):
        return torch.export.load(source).module(), None
    try:
        return torch.jit.load(source, map_location="cpu"), None
    except RuntimeError:
        model = torch.load(source, map_location="cpu", weights_only=False)
    if not isinstance(model, torch.nn.Module):
        kind = "weights alone" if isinstance(model, dict) else f"a {type(model).__name__}"
        raise SystemExit(f"{source} holds {kind}, not a model: name the model and give the file as --weights.")
    return model, None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source")
    parser.add_argument("output")
    parser.add_argument("--input")
    parser.add_argument("--weights")
    parser.add_argument("--pretrained", action="store_true")
    options = parser.parse_args()
    print(f"Making {options.source}", flush=True)
    model, own = load(options.source, options.pretrained)
    if options.weights:
        if options.weights.endswith(".safetensors"):
            from safetensors.torch import load_file

            state = load_file(options.weights)
        else:
            state = torch.load(options.weights, map_location="cpu", weights_only=True)
        model.load_state_dict(state.get("state_dict", state) if isinstance(state, dict) else state)
    shape = [int(size) for size in options.input.split("x")] if options.input else list(own or (3, 224, 224))
    if hasattr(model, "eval") and not options.source.endswith(".pt2"):
        model.eval()
    example = torch.zeros(1, *shape)
    print("Exporting with one example of " + " x ".join(map(str, shape)), flush=True)
    names = {"input_names": ["input"], "output_names": ["output"]}
    try:
        torch.onnx.export(
            model,
            (example,),
            options.output,
            dynamo=False,
            # Norms are not folded into convolutions: they can go on learning.
            training=torch.onnx.TrainingMode.PRESERVE,
            dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}},
            opset_version=17,
            **names,
        )
    except Exception as first:
        # Exported programs, and what the older exporter does not know.
        print(f"The older exporter said: {type(first).__name__}: {first}", file=sys.stderr)
        torch.onnx.export(model, (example,), options.output, dynamo=True, external_data=False, **names)


if __name__ == "__main__":
    main()
`;
