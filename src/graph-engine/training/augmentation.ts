import { z } from 'zod';

const share = z.number().min(0).max(1);

/**
 * How training images are varied, each time anew; what is left out is not done. The steps have a fixed order: geometry
 * first, which masks follow, then colours, then erasing.
 */
export const Augmentation = z.strictObject({
  flip: z.enum(['horizontal', 'vertical', 'both']).optional().describe('Mirrors every other image.'),
  crop: z
    .strictObject({
      padding: z.int().min(1).max(256).default(4).describe('Pixels added on every side before cutting.'),
      fill: z.enum(['black', 'edge', 'reflect']).default('black').describe('What is beyond the border.'),
    })
    .optional()
    .describe('Moves the image by a few pixels (He et al. 2015: 4 for 32×32).'),
  resizedCrop: z
    .strictObject({
      smallest: z.number().min(0.01).max(1).default(0.35).describe('Least share of the area that is kept.'),
      stretch: z
        .number()
        .min(1)
        .max(4)
        .default(4 / 3)
        .describe('Most that width and height are stretched apart.'),
    })
    .optional()
    .describe('Cuts a part out at random and enlarges it (Szegedy et al. 2015).'),
  rotate: z
    .strictObject({ degrees: z.number().min(0).max(180).default(15).describe('Most to either side.') })
    .optional()
    .describe('Turns about the middle.'),
  colour: z
    .strictObject({
      brightness: share.default(0.2),
      contrast: share.default(0.2),
      saturation: share.default(0.2),
      hue: z.number().min(0).max(0.5).default(0).describe('Share of the whole circle of hues.'),
    })
    .optional()
    .describe('Changes brightness, contrast, saturation and hue.'),
  erase: z
    .strictObject({
      probability: share.default(0.5).describe('How often.'),
      largest: z.number().min(0.01).max(0.9).default(0.25).describe('Most of the area that is erased.'),
    })
    .optional()
    .describe('Erases a rectangle (cutout, random erasing; DeVries and Taylor 2017, Zhong et al. 2017).'),
});
export type Augmentation = z.infer<typeof Augmentation>;
