"""Where the weights of a Keras model are by name."""


def place_of(model, name):
    """What stands at a path of attributes and numbers, such as `stage1.0.conv1.kernel`."""
    place = model
    for part in name.split("."):
        place = place[int(part)] if part.isdigit() else getattr(place, part)
    return place
