import { Augmentation } from '../../graph-engine/training/augmentation.ts';
import { NumberField } from '../ui/NumberField.tsx';
import { Select } from '../ui/Select.tsx';
import { Switch } from '../ui/Switch.tsx';

export interface AugmentationFormProps {
  readonly value: Augmentation;
  readonly onChange: (value: Augmentation) => void;
}

type Step = Exclude<keyof Augmentation, 'flip'>;

/** Steps with numbers: their name, and the numbers with their bounds. */
const steps: readonly {
  readonly step: Step;
  readonly label: string;
  readonly help: string;
  readonly numbers: readonly {
    readonly key: string;
    readonly label: string;
    readonly min: number;
    readonly max: number;
  }[];
}[] = [
  {
    step: 'crop',
    label: 'Move',
    help: 'Pads by a few pixels and cuts the size out again.',
    numbers: [{ key: 'padding', label: 'Pixels', min: 1, max: 256 }],
  },
  {
    step: 'resizedCrop',
    label: 'Cut out and enlarge',
    help: 'Takes a part of the image, at random.',
    numbers: [
      { key: 'smallest', label: 'Least share', min: 0.01, max: 1 },
      { key: 'stretch', label: 'Most stretch', min: 1, max: 4 },
    ],
  },
  {
    step: 'rotate',
    label: 'Turn',
    help: 'Turns about the middle, to either side.',
    numbers: [{ key: 'degrees', label: 'Degrees', min: 0, max: 180 }],
  },
  {
    step: 'colour',
    label: 'Change colours',
    help: 'Each by up to this share.',
    numbers: [
      { key: 'brightness', label: 'Brightness', min: 0, max: 1 },
      { key: 'contrast', label: 'Contrast', min: 0, max: 1 },
      { key: 'saturation', label: 'Saturation', min: 0, max: 1 },
      { key: 'hue', label: 'Hue', min: 0, max: 0.5 },
    ],
  },
  {
    step: 'erase',
    label: 'Erase a part',
    help: 'Cutout: the network must not rely on one detail.',
    numbers: [
      { key: 'probability', label: 'How often', min: 0, max: 1 },
      { key: 'largest', label: 'Largest share', min: 0.01, max: 0.9 },
    ],
  },
];

const flips = [
  { value: 'none', label: 'No' },
  { value: 'horizontal', label: 'Left and right' },
  { value: 'vertical', label: 'Up and down' },
  { value: 'both', label: 'Both' },
] as const;

/** How training images are varied; every change is seen on the samples at once. */
export function AugmentationForm({ value, onChange }: AugmentationFormProps) {
  const change = (step: keyof Augmentation, next: unknown): void => {
    const { [step]: _before, ...others } = value;
    onChange(Augmentation.parse(next === undefined ? others : { ...others, [step]: next }));
  };
  return (
    <div className="flex flex-col gap-2.5" data-testid="augmentation-form">
      <Select
        label="Mirror"
        value={value.flip ?? 'none'}
        options={flips}
        onChange={(next) => change('flip', next === 'none' ? undefined : next)}
        data-testid="augment-flip"
      />
      {value.flip !== undefined && value.flip !== 'horizontal' && (
        <p className="text-xs text-ink-muted">Digits and letters change their meaning when they are mirrored.</p>
      )}
      {steps.map(({ step, label, help, numbers }) => {
        const own = value[step];
        return (
          <div key={step} className="flex flex-col gap-1.5">
            <Switch
              label={label}
              help={help}
              checked={own !== undefined}
              onChange={(on) => change(step, on ? {} : undefined)}
              data-testid={`augment-${step}`}
            />
            {own !== undefined && (
              <div className="ml-1 flex flex-col gap-1.5 border-l border-line pl-3">
                {numbers.map(({ key, label: name, min, max }) => (
                  <NumberField
                    key={key}
                    label={name}
                    value={Number((own as Readonly<Record<string, unknown>>)[key])}
                    bounds={{ minimum: min, maximum: max, integer: key === 'padding' }}
                    onCommit={(next) => change(step, { ...own, [key]: next })}
                    data-testid={`augment-${step}-${key}`}
                  />
                ))}
              </div>
            )}
          </div>
        );
      })}
    </div>
  );
}

/** The steps in a few words: `mirrored, moved by 4 pixels`. */
export function describeAugmentation(value: Augmentation | undefined): string {
  const words = [
    value?.flip !== undefined && 'mirrored',
    value?.crop !== undefined &&
      `moved by up to ${value.crop.padding} ${value.crop.padding === 1 ? 'pixel' : 'pixels'}`,
    value?.resizedCrop !== undefined && 'cut out',
    value?.rotate !== undefined && `turned by ${value.rotate.degrees}°`,
    value?.colour !== undefined && 'recoloured',
    value?.erase !== undefined && 'partly erased',
  ].filter((word) => word !== false);
  return words.length === 0 ? 'not varied' : words.join(', ');
}
